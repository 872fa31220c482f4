#include "parsers/language.h"
#include <string.h>

static void test_samples(void)
{
    static const struct {
        TextLanguage want;
        const char *text;
    } CASES[] = {
        {TEXT_ENGLISH, "I have waited nine months for my settlement and nobody will tell me why."},
        {TEXT_ENGLISH, "alright so i sent my form off in MAY cos i moved house n they still aint "
                       "sent it back its been like 15 weeks"},
        {TEXT_ENGLISH, "complain"},
        {TEXT_ENGLISH, ""},
        {TEXT_ENGLISH, "COMP/1234567/26"},
        {TEXT_ENGLISH, "Respected Sir, officer shouting to me every time, kindly see into matter"},
        {TEXT_ENGLISH, "Ref: GWF012345678\nName: Ngozi Abiola\nPassport lost at Lagos centre"},
        {TEXT_WELSH, "Rwy'n ysgrifennu atoch am yr oedi gyda fy nghais. Nid wyf wedi cael ateb."},
        {TEXT_WELSH, "Helo, dw i wedi cwyno wrth y Swyddfa Basbort ond does dim ateb wedi dod."},
        {TEXT_OTHER, "Dzień dobry, piszę w sprawie skargi na urząd. Urzędnicy zgubili moje "
                     "dokumenty i nikt do mnie nie zadzwonił."},
        {TEXT_OTHER, "Bonjour, je vous écris parce que ma demande de visa est en retard depuis six "
                     "mois et personne ne répond à mes lettres."},
        {TEXT_OTHER, "Estimados señores, les escribo porque mi solicitud lleva ocho meses sin "
                     "respuesta y nadie me explica nada."},
        {TEXT_OTHER, "Buna ziua, va scriu pentru ca nu am primit niciun raspuns la cererea mea de "
                     "sase luni si nimeni nu imi spune nimic."},
        {TEXT_OTHER, "Здравствуйте, мои документы потеряны."},
        {TEXT_OTHER, "لم أتلق أي رد على شكواي منذ ستة أشهر"},
        {TEXT_OTHER, "我的签证申请已经等了六个月 没有人回复 我很担心 请帮助我"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(CASES); i++) {
        TextLanguage got = language_of(CASES[i].text, strlen(CASES[i].text));
        if (got != CASES[i].want)
            g_error("\"%s\": %d, not %d", CASES[i].text, (int)got, (int)CASES[i].want);
    }
}

static void test_bytes(void)
{
    /* Broken UTF-8 is read, not trusted. */
    g_assert_cmpint(language_of("\xff\xfe\x80 the \xc3", 8), ==, TEXT_ENGLISH);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/language/samples", test_samples);
    g_test_add_func("/language/bytes", test_bytes);
    return g_test_run();
}
