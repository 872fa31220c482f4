# iecd: see `make help`.

PREFIX     ?= /usr
SYSCONFDIR ?= /etc
LIBEXECDIR ?= $(PREFIX)/lib/iecd
DATADIR    ?= $(PREFIX)/share/iecd
UNITDIR    ?= /lib/systemd/system
MANDIR     ?= $(PREFIX)/share/man
DESTDIR    ?=

B ?= build
VERSION := 0.1

# Floors, lowest first (tools/floors checks that includes follow them).
FOLDERS := parsers config daemon/base daemon/model daemon/casework daemon/store daemon/wire \
           daemon/flow daemon/reader ctl/commands
BELOW_parsers         :=
BELOW_config          :=
BELOW_daemon/base     := parsers config
BELOW_daemon/model    := parsers config
BELOW_daemon/casework := daemon/model daemon/base parsers config
BELOW_daemon/store    := daemon/model daemon/base parsers config
BELOW_daemon/wire     := daemon/model daemon/base parsers config
BELOW_daemon/flow     := daemon/casework daemon/store daemon/wire daemon/model daemon/base parsers config
BELOW_daemon/reader   := daemon/casework daemon/store daemon/wire daemon/model daemon/base parsers config
BELOW_ctl/commands    := daemon/casework daemon/store daemon/wire daemon/model daemon/base parsers config
archive = $(B)/lib/$(subst /,-,$(1)).a

PKG_BASE   := glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 libcurl libcrypto sqlite3 libconfig \
              libsystemd
PKG_READER := gmime-3.0 poppler-glib libxml-2.0 libseccomp libarchive
ifeq ($(filter deps help clean,$(MAKECMDGOALS)),)
CFLAGS_PKG := $(shell pkg-config --cflags $(PKG_BASE) $(PKG_READER) 2>/dev/null)
LIBS_BASE  := $(shell pkg-config --libs $(PKG_BASE) 2>/dev/null)
LIBS_READER := $(shell pkg-config --libs $(PKG_READER) 2>/dev/null) -lytnef
endif

ifeq ($(origin CC),default)
CC      := gcc
endif
Q       := $(if $(V),,@)
OPT     ?= -O2 -g
SAN     ?=
WARN    := -Wall -Wextra -Wshadow -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes \
           -Wformat=2 -Wvla -Wno-unused-parameter -Werror
HARDEN  := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
ifneq ($(SAN),)
HARDEN  := -fPIE -fno-omit-frame-pointer -fsanitize=$(SAN) -DIECD_SANITIZED=1
LDSAN   := -fsanitize=$(SAN)
endif
CPPFLAGS += -I. -I$(B)/gen -D_GNU_SOURCE -DG_LOG_USE_STRUCTURED -DIECD_VERSION='"$(VERSION)"' \
            -DIECD_DATADIR='"$(DATADIR)"' -DIECD_LIBEXECDIR='"$(LIBEXECDIR)"' \
            -DIECD_SYSCONFDIR='"$(SYSCONFDIR)/iecd"'
ALL_CFLAGS = -std=gnu17 $(OPT) $(WARN) $(HARDEN) $(CFLAGS_PKG) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDSAN) $(LDFLAGS)

PROGRAMS := $(B)/iecd $(B)/iecd-reader $(B)/iecctl

.PHONY: all
all: $(PROGRAMS)

# ---- objects and one archive a folder
define folder_rules
OBJ_$(1) := $$(patsubst %.c,$(B)/obj/%.o,$$(wildcard $(1)/*.c))
$$(call archive,$(1)): $$(OBJ_$(1))
	@mkdir -p $$(@D); rm -f $$@
	@$$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))

$(B)/obj/%.o: %.c | $(B)/gen/schema.inc
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# The numbered schema steps, as C strings in order.
SCHEMA := $(sort $(wildcard daemon/store/schema/*.sql))
$(B)/gen/schema.inc: $(SCHEMA)
	@mkdir -p $(@D)
	@for f in $(SCHEMA); do printf '/* %s */\n' "$$f"; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' "$$f"; echo ','; done > $@
$(B)/obj/daemon/store/db.o: $(B)/gen/schema.inc

ARCHIVES_IECD   := $(foreach f,daemon/flow $(BELOW_daemon/flow),$(call archive,$(f)))
ARCHIVES_READER := $(foreach f,daemon/reader daemon/casework daemon/model daemon/base parsers config,$(call archive,$(f)))
ARCHIVES_CTL    := $(foreach f,ctl/commands $(BELOW_ctl/commands),$(call archive,$(f)))

$(B)/iecd: $(B)/obj/daemon/iecd.o $(ARCHIVES_IECD)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES_IECD) -Wl,--end-group $(LIBS_BASE)
$(B)/iecd-reader: $(B)/obj/daemon/iecd-reader.o $(ARCHIVES_READER)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES_READER) -Wl,--end-group $(LIBS_READER) $(LIBS_BASE)
$(B)/iecctl: $(B)/obj/ctl/iecctl.o $(ARCHIVES_CTL)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES_CTL) -Wl,--end-group $(LIBS_BASE)

# ---- programs for tests and measurements only
# The reader with what a hijacked child would try compiled in (tests/lib/reader_hooks.c).
$(B)/obj/hooked/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $< (hooked)"
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -DIECD_TEST_HOOKS -MMD -MP -c -o $@ $<
OBJ_HOOKED := $(patsubst %.c,$(B)/obj/hooked/%.o,$(wildcard daemon/reader/*.c) tests/lib/reader_hooks.c)
ARCHIVES_HOOKED := $(filter-out $(call archive,daemon/reader),$(ARCHIVES_READER))
$(B)/iecd-reader-test: $(B)/obj/daemon/iecd-reader.o $(OBJ_HOOKED) $(ARCHIVES_HOOKED)
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(ARCHIVES_HOOKED) -Wl,--end-group $(LIBS_READER) $(LIBS_BASE)
TEST_PROGRAMS += $(B)/iecd-reader-test

BENCH_PROGRAMS += $(B)/bench/bench_pool $(B)/bench/bench_originals $(B)/bench/bench_pdf \
                  $(B)/bench/bench_assess
$(B)/bench/%: tests/bench/%.c $(foreach f,$(BELOW_daemon/flow),$(call archive,$(f))) $(B)/iecd-reader
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -DTEST_ROOT='"$(CURDIR)"' $(ALL_LDFLAGS) -o $@ $< \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_READER) $(LIBS_BASE)

# ---- the learned models of config/, fitted anew to the labelled sentences and judged messages
TRAIN_ARCHIVES := $(foreach f,daemon/casework $(BELOW_daemon/casework),$(call archive,$(f)))
$(B)/train/%: tools/train/%.c tools/train/trainer.c tools/train/trainer.h tests/lib/judged.h $(TRAIN_ARCHIVES)
	@mkdir -p $(@D)
	@echo "  TRAIN $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.c,$^) \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_READER) $(LIBS_BASE) -lm

# The exams are left out: they say how well mail is judged that nothing was fitted to.
JUDGED := tests/corpus/dev $(filter-out tests/corpus/judged/exam-%,$(patsubst %/gold.jsonl,%,$(wildcard tests/corpus/judged/*/gold.jsonl)))
.PHONY: train
train: $(B)/train/train_acts $(B)/train/train_judged
	@tools/train/train $(B) config $(JUDGED)

# ---- unit tests: tests/unit/FOLDER/test_NAME.c, linked with that folder and the floors below it
define unit_rules
UNIT_$(1) := $$(patsubst tests/unit/%.c,$(B)/tests/%,$$(wildcard tests/unit/$(1)/test_*.c))
$$(UNIT_$(1)): $(B)/tests/%: tests/unit/%.c $$(foreach f,$(1) $$(BELOW_$(1)),$$(call archive,$$(f)))
	@mkdir -p $$(@D)
	@echo "  TEST  $$<"
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(CPPFLAGS) -DTEST_ROOT='"$$(CURDIR)"' $$(ALL_LDFLAGS) -o $$@ $$< \
	  -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LIBS_READER) $$(LIBS_BASE)
UNIT_ALL += $$(UNIT_$(1))
endef
$(foreach f,$(FOLDERS),$(eval $(call unit_rules,$(f))))

.PHONY: unit
unit: $(UNIT_ALL) all $(TEST_PROGRAMS)
	@prove --merge -e '' $(UNIT_ALL)

# ---- what the two commands of the README do
.PHONY: deps demo check
deps:
	@tools/deps

demo: | deps
	@$(MAKE) --no-print-directory all
	@python3 tests/lib/demo.py

# Everything that is not a soak or a measurement, against real servers unpacked under build/.
check: | deps
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory check-source check-built
	@$(MAKE) --no-print-directory check-sanitized
	@echo "make check: all passed"

STORIES := $(sort $(wildcard tests/story/t*.py) $(wildcard tests/crash/t*.py))
.PHONY: check-source check-built check-sanitized
check-source:
	@python3 tools/floors
	@tools/headers
	@tools/format

check-built: $(UNIT_ALL) all $(TEST_PROGRAMS)
	@prove --merge -e '' $(UNIT_ALL)
	@prove --merge --timer -e python3 $(STORIES)

# The same unit tests, and one story, with AddressSanitizer and UndefinedBehaviorSanitizer.
check-sanitized:
	@$(MAKE) --no-print-directory B=build/sanitized SAN=address,undefined OPT="-O1 -g" \
	  unit-sanitized

.PHONY: unit-sanitized
unit-sanitized: $(UNIT_ALL) all $(TEST_PROGRAMS)
	@ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  prove --merge -e '' $(UNIT_ALL)
	@ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1 IECD_BUILD=$(abspath $(B)) \
	  prove --merge -e python3 tests/story/t10_maildir.py

# ---- longer runs and measurements
.PHONY: bench
bench: | deps
	@$(MAKE) --no-print-directory all $(BENCH_PROGRAMS)
	@python3 tests/bench/bench.py

# ---- installation
.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR) \
	  $(DESTDIR)$(SYSCONFDIR)/iecd $(DESTDIR)$(UNITDIR) $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	  $(DESTDIR)$(PREFIX)/lib/tmpfiles.d $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(MANDIR)/man5 \
	  $(DESTDIR)$(MANDIR)/man1
	install -m 0755 $(B)/iecd $(B)/iecctl $(DESTDIR)$(PREFIX)/bin/
	install -m 0755 $(B)/iecd-reader $(DESTDIR)$(LIBEXECDIR)/
	cp -r config/rules config/templates $(DESTDIR)$(DATADIR)/
	install -m 0644 config/*.model $(DESTDIR)$(DATADIR)/
	install -m 0644 config/forms.conf config/bank-holidays.json config/bank-holidays.LICENCE $(DESTDIR)$(DATADIR)/
	test -e $(DESTDIR)$(SYSCONFDIR)/iecd/iecd.conf || \
	  install -m 0644 config/iecd.conf $(DESTDIR)$(SYSCONFDIR)/iecd/iecd.conf
	install -m 0644 config/iecd.conf $(DESTDIR)$(DATADIR)/iecd.conf.example
	install -m 0644 systemd/iecd.service $(DESTDIR)$(UNITDIR)/
	install -m 0644 systemd/iecd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/iecd.conf
	install -m 0644 systemd/iecd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/iecd.conf
	install -m 0644 man/iecd.8 $(DESTDIR)$(MANDIR)/man8/
	install -m 0644 man/iecd.conf.5 $(DESTDIR)$(MANDIR)/man5/
	install -m 0644 man/iecctl.1 $(DESTDIR)$(MANDIR)/man1/

.PHONY: help
help:
	@echo "make            build/iecd, build/iecd-reader, build/iecctl (run from there, or install)"
	@echo "make demo       watch the main job: a private mail server, 18 messages, their replies"
	@echo "make check      every test (what .ci/run calls)"
	@echo "make unit       the unit tests alone"
	@echo "make bench      measure: backlog against mbsync, latency, readers, judging"
	@echo "make deps       install what building and testing need (asks for root where apt does)"
	@echo "make train      fit the models of config/ anew to tests/corpus (a minute)"
	@echo "make install    into DESTDIR, PREFIX=$(PREFIX), SYSCONFDIR=$(SYSCONFDIR)"
	@echo "make clean      remove build/"
	@echo "V=1 shows the commands; B=DIR builds elsewhere; SAN=address,undefined adds sanitizers"

.PHONY: clean
clean:
	rm -rf $(B)
