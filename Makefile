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

PKG_BASE   := glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 libcurl sqlite3 libconfig libsystemd
PKG_READER := gmime-3.0 poppler-glib libxml-2.0 libhs libseccomp libexttextcat libarchive
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
unit: $(UNIT_ALL) $(PROGRAMS)
	@prove --merge --timer -e '' $(UNIT_ALL)

.PHONY: clean
clean:
	rm -rf $(B)
