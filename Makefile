# mod_auth_introspect: build, test, install. `make help` lists the targets.

# ---- places and tools ------------------------------------------------------
APXS      ?= apxs
MODE      ?= normal
BUILD     := build/$(MODE)
MODULE    := $(BUILD)/mod_auth_introspect.so
CHECK     := $(BUILD)/introspect-check
VERSION   := 0.1.0

# V=1 shows each command whole.
Q    := $(if $(filter 1,$(V)),,@)
say   = $(if $(filter 1,$(V)),,@printf '%-4s %s\n' '$(1)' '$(2)')

APR_CONFIG  ?= $(shell $(APXS) -q APR_CONFIG 2>/dev/null || echo apr-1-config)
APR_FLAGS   := $(shell $(APR_CONFIG) --cppflags --includes 2>/dev/null)
INCLUDEDIR  := $(shell $(APXS) -q INCLUDEDIR 2>/dev/null)
HTTPD_FLAGS := -I$(INCLUDEDIR)
LIBRARIES   := libcurl jansson libcrypto
# The client for a Redis, where its library is there; else mod_socache_redis is
# what can be used for one. HIREDIS= builds without.
HIREDIS     ?= $(shell pkg-config --exists hiredis 2>/dev/null && echo hiredis)
LIBS        := $(shell pkg-config --libs $(LIBRARIES) $(HIREDIS) 2>/dev/null)
UNIT_LIBS   := $(shell pkg-config --libs check apr-util-1 apr-1 2>/dev/null)

# Flags that this compiler has, of those given.
has = $(foreach flag,$(1),$(shell $(CC) -Werror $(flag) -x c -c -o /dev/null \
          /dev/null >/dev/null 2>&1 && echo '$(flag)'))

# The C library warns where it and the compiler know no level 3.
FORTIFY   := $(shell $(CC) -Werror -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
                 -include stdlib.h -x c -c -o /dev/null /dev/null \
                 >/dev/null 2>&1 && echo 3 || echo 2)

CFLAGS    ?= -O2 -g $(LTO)
WARNINGS  := -std=gnu99 -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual \
             -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
             -Wformat=2 -Wdeclaration-after-statement -Wundef -Wvla
HARDENING := -fstack-protector-strong -fPIC \
             $(call has,-fstack-clash-protection -fcf-protection \
                        -ftrivial-auto-var-init=zero) \
             $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),, \
                 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY))
LINK_HARD := -Wl,-z,relro -Wl,-z,now

ifeq ($(MODE),asan)
  CFLAGS    := -O1 -g -fno-omit-frame-pointer
  SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=undefined
  HARDENING := -fPIC
endif
ifeq ($(MODE),tsan)
  CFLAGS    := -O1 -g -fno-omit-frame-pointer
  SANITIZE  := -fsanitize=thread
  HARDENING := -fPIC
endif
ifeq ($(STRICT),1)
  WARNINGS += -Werror
endif

# The calls between a hit's small files are some 400 instructions of it. Tests
# do without, to be linked in less time. With another compiler: LTO=
LTO       ?= -flto=auto -ffat-lto-objects
NO_LTO    := $(if $(LTO),-fno-lto -fno-use-linker-plugin)

COMPILE    = $(CC) $(WARNINGS) $(HARDENING) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) \
                 -pthread -MMD -MP
CORE_FLAGS = $(APR_FLAGS) -Isrc/core
GLUE_FLAGS = $(APR_FLAGS) $(HTTPD_FLAGS) -Isrc/core -Isrc/httpd \
                 -DMAI_VERSION='"$(VERSION)"' $(if $(HIREDIS),-DMAI_HIREDIS)

# ---- what is built from what -----------------------------------------------
CORE_SRC  := $(sort $(wildcard src/core/*/*.c))
REDIS_SRC := $(addprefix src/httpd/store/,redis.c session.c sentinel.c link.c rediserror.c)
GLUE_SRC  := mod_auth_introspect.c $(filter-out $(if $(HIREDIS),,$(REDIS_SRC)), \
                 $(sort $(wildcard src/httpd/*/*.c)))
UNIT_SRC  := $(sort $(wildcard t/core/*/check_*.c))
CORE_OBJ  := $(CORE_SRC:%.c=$(BUILD)/%.o)
GLUE_OBJ  := $(GLUE_SRC:%.c=$(BUILD)/%.o)
CORE_LIB  := $(BUILD)/libintrospect.a
UNITS     := $(UNIT_SRC:%.c=$(BUILD)/%)
STRESS    := $(patsubst %.c,$(BUILD)/%,$(wildcard t/core/*/stress_*.c))
PEERS     := $(patsubst %.c,$(BUILD)/%,$(wildcard t/core/*/peer_*.c))

.PHONY: all core units man dist check-dist deb check-deb check-elsewhere check run-check unit-check lint lint-format lint-tidy \
        lint-cppcheck lint-analyzer format asan tsan valgrind fuzz stress \
        chaos bench demo install uninstall clean help deps need-apxs need-libs
.DEFAULT_GOAL := all

all: $(MODULE) $(CHECK) compile_commands.json

core: $(CORE_LIB)

units: $(UNITS) $(STRESS) $(PEERS)

# What is missing ends the build with a sentence, not with a module that lacks
# half of its symbols.
LIBEXECDIR = $(shell $(APXS) -q LIBEXECDIR 2>/dev/null)
need-libs:
	@command -v pkg-config >/dev/null || { echo "There is no pkg-config:" \
	    "run 'make deps' as root" >&2; exit 1; }
	@for library in $(LIBRARIES); do pkg-config --exists $$library || { \
	    echo "$$library is missing: run 'make deps' as root, or install" \
	        "its development package" >&2; exit 1; }; done
	@test -n '$(APR_FLAGS)' || { echo "There is no apr-1-config: run 'make" \
	    "deps' as root, or give APR_CONFIG=/path/to/apr-1-config" >&2; exit 1; }
	@sh build-aux/minimum check APR "$$($(APR_CONFIG) --version)" \
	    libcurl "$$(pkg-config --modversion libcurl)" \
	    jansson "$$(pkg-config --modversion jansson)" \
	    OpenSSL "$$(pkg-config --modversion libcrypto)" \
	    $(if $(HIREDIS),hiredis "$$(pkg-config --modversion hiredis)")

# Without apxs nothing is known about this machine's httpd, not even where its
# modules are.
need-apxs:
	@test -n '$(LIBEXECDIR)' || { echo "There is no $(APXS), which tells" \
	    "where httpd's headers and modules are: run 'make deps' as root," \
	    "or give APXS=/path/to/apxs" >&2; exit 1; }
	@sh build-aux/minimum check httpd "$$(sed -n -E 's/^#define AP_SERVER_(MAJOR|MINOR|PATCH).* ([0-9]+)$$/\2/p' \
	    '$(INCLUDEDIR)/ap_release.h' | paste -sd . -)"

$(GLUE_OBJ): | need-apxs need-libs
$(CORE_OBJ): | need-libs

# The core does not see httpd's headers: the wall is a compiler error.
$(BUILD)/src/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(CORE_FLAGS) -c -o $@ $<

$(BUILD)/src/httpd/%.o: src/httpd/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(GLUE_FLAGS) -c -o $@ $<

$(BUILD)/mod_auth_introspect.o: mod_auth_introspect.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(GLUE_FLAGS) -c -o $@ $<

$(CORE_LIB): $(CORE_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# One symbol leaves the module: its record. Not -z defs: httpd's own functions
# are found in httpd when it loads the module. The unit tests, which link the
# core as programs, have no undefined symbol.
$(MODULE): $(GLUE_OBJ) $(CORE_LIB) src/httpd/exports.map
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(CFLAGS) $(SANITIZE) -pthread $(LINK_HARD) $(LDFLAGS) \
	    -Wl,--version-script=src/httpd/exports.map \
	    -o $@ $(GLUE_OBJ) $(CORE_LIB) $(LIBS)

$(BUILD)/t/core/%: t/core/%.c $(CORE_LIB)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(NO_LTO) $(CORE_FLAGS) -Isrc/httpd -It/core $(LDFLAGS) \
	    -o $@ $< $(CORE_LIB) $(LIBS) $(UNIT_LIBS)

# What asks the status page is a program of its own, with the module's curl and
# jansson: no package needs more for it.
CHECK_SRC   := $(sort $(wildcard src/check/*.c))
CHECK_OBJ   := $(CHECK_SRC:%.c=$(BUILD)/%.o)
CHECK_FLAGS  = -DCHECK_VERSION='"$(VERSION)"' -DCHECK_HTTPD='"$(APACHECTL)"' \
                   -DCHECK_PAGE='"http://127.0.0.1/introspect-status"'
# What knows the environment that httpd reads its configuration in.
APACHECTL   ?= $(shell command -v apache2ctl || command -v apachectl || \
                   echo '$(shell $(APXS) -q SBINDIR 2>/dev/null)/apachectl')

$(BUILD)/src/check/%.o: src/check/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(NO_LTO) $(CHECK_FLAGS) -c -o $@ $<

$(CHECK_OBJ): | need-libs

$(CHECK): $(CHECK_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(NO_LTO) $(SANITIZE) $(LINK_HARD) $(LDFLAGS) -o $@ $^ \
	    $(shell pkg-config --libs libcurl jansson 2>/dev/null)

# For editors and clangd.
compile_commands.json: Makefile $(CORE_SRC) $(GLUE_SRC) $(CHECK_SRC)
	@{ echo '['; sep=; \
	   for file in $(CORE_SRC) $(GLUE_SRC) $(CHECK_SRC); do \
	       case $$file in src/core/*) flags="$$CORE" ;; \
	           src/check/*) flags="$$CHECK_COMMAND" ;; *) flags="$$GLUE" ;; esac; \
	       printf '%s{"directory": "%s", "file": "%s", "command": "cc %s -c %s"}' \
	           "$$sep" '$(CURDIR)' "$$file" "$$flags" "$$file"; \
	       sep=','; \
	   done; echo ']'; } > $@
compile_commands.json: export CORE = $(WARNINGS) $(CORE_FLAGS)
compile_commands.json: export CHECK_COMMAND = $(subst ",\\\",$(subst ',,$(WARNINGS) $(CHECK_FLAGS)))
compile_commands.json: export GLUE = $(subst ",\\\",$(subst ',,$(WARNINGS) $(GLUE_FLAGS)))

-include $(foreach folder,$(wildcard $(BUILD) build/fuzz),$(shell find $(folder) -name '*.d' -type f))

# ---- tests ------------------------------------------------------------------
HTTPD_TESTS := $(sort $(wildcard t/httpd/*.t t/jose/*.t))
TREE_TESTS  := $(sort $(wildcard t/tree/*.t))
JOBS        ?= 2
# Tests of httpd wait more than they work.
HTTPD_JOBS  ?= $(shell expr 2 \* $(JOBS))
# A test of httpd says at its top where it does not run under a sanitizer.
ASAN_HTTPD  := $(filter-out $(shell grep -l '^\# Not under a sanitizer' $(HTTPD_TESTS)),$(HTTPD_TESTS))
# no test waits for ever, and none fails because a machine is slow
BOUNDED     := timeout -k 5 300
export CK_TIMEOUT_MULTIPLIER ?= 10
export T_MODULE := $(abspath $(MODULE))
export T_BUILD  := $(abspath $(BUILD))

# What failing tests say stands at the end, where it is looked for.
said_last = sh -c 'mkdir -p $(BUILD); "$$@" 2>$(BUILD)/said || { cat $(BUILD)/said; exit 1; }' -- $(1)

# The tree's own tests come last: one of them reads the logs of all others. No
# process, file or segment may outlive the run.
check:
	@sh build-aux/packages install build check
	@$(MAKE) --no-print-directory -j$(JOBS) all units
	@perl t/leftovers.pl $(MAKE) --no-print-directory run-check

run-check: all units
	@rm -rf $(BUILD)/logs
	prove -j$(JOBS) --merge $(UNITS)
	prove --merge $(STRESS) :: 3
	$(call said_last,prove -j$(HTTPD_JOBS) --exec '$(BOUNDED) perl -It/lib' $(HTTPD_TESTS))
	prove -It/lib $(TREE_TESTS)

unit-check: $(UNITS)
	prove -j$(JOBS) --merge $(UNITS)

# A unit test says at its top where it does not run, and where it has to.
marked      = $(patsubst %.c,$(BUILD)/%,$(shell grep -lE '^ \* $(1)' $(UNIT_SRC)))
ASAN_UNITS  = $(filter-out $(call marked,Not under AddressSanitizer), $(UNITS))
TSAN_UNITS  = $(call marked,Under ThreadSanitizer)
VALGRIND_UNITS = $(filter-out $(call marked,Not under valgrind), $(UNITS))

# The whole suite with AddressSanitizer and UBSan, httpd included.
asan:
	$(MAKE) --no-print-directory -j$(JOBS) MODE=asan all units
	prove -j$(JOBS) --merge $(patsubst build/normal/%,build/asan/%,$(ASAN_UNITS))
	T_MODULE=$(abspath build/asan/mod_auth_introspect.so) \
	T_BUILD=$(abspath build/asan) \
	T_PRELOAD="$$($(CC) -print-file-name=libasan.so):$$($(CC) -print-file-name=libubsan.so)" \
	    $(call said_last,prove -j$(HTTPD_JOBS) --exec '$(BOUNDED) perl -It/lib' $(ASAN_HTTPD))

# The unit tests of what threads and processes share, with ThreadSanitizer.
tsan:
	$(MAKE) --no-print-directory -j$(JOBS) MODE=tsan \
	    $(patsubst build/normal/%,build/tsan/%,$(TSAN_UNITS))
	prove --merge $(patsubst build/normal/%,build/tsan/%,$(TSAN_UNITS))

# No leak in the core: its unit tests in one process each, under valgrind.
valgrind: units
	for unit in $(VALGRIND_UNITS); do \
	    CK_FORK=no valgrind -q --leak-check=full --errors-for-leak-kinds=definite \
	        --error-exitcode=9 $$unit > build/valgrind.log 2>&1 \
	        || { echo "$$unit"; cat build/valgrind.log; exit 1; }; \
	done; echo "valgrind: no leak in $(words $(VALGRIND_UNITS)) unit tests"

SECONDS_OF_STRESS ?= 30
stress: units
	for each in $(STRESS); do $$each $(SECONDS_OF_STRESS) || exit 1; done

# Longer than in `make check`; CHAOS_SEED and T_MPM choose.
chaos: all
	CHAOS_SECONDS=600 timeout -k 5 900 prove -v -It/lib t/httpd/chaos.t

SECONDS_OF_FUZZ ?= 60
# Not 0: the same inputs each time, as many of them as there is time for.
SEED_OF_FUZZ ?= 0
FUZZERS := $(patsubst t/fuzz/%.c,build/fuzz/%,$(wildcard t/fuzz/fuzz_*.c))
fuzz: $(FUZZERS)
	@printf '%s\n' $(FUZZERS) | xargs -P $(shell expr 3 \* $(JOBS)) -n 1 sh -c ' \
	    mkdir -p $$0.corpus; \
	    $$0 -max_total_time=$(SECONDS_OF_FUZZ) -seed=$(SEED_OF_FUZZ) \
	        -rss_limit_mb=4096 \
	        -artifact_prefix=build/fuzz/ -print_final_stats=1 $$0.corpus \
	        t/fuzz/corpus/$${0##*/fuzz_} > $$0.log 2>&1 \
	        || { tail -n 60 $$0.log; exit 255; }; \
	    echo "$$0: $$(grep "^Done" $$0.log)"'

# What of httpd's side is fuzzed does without httpd.
FUZZED   := $(CORE_SRC) src/httpd/config/prefix.c
FUZZ_LIB := build/fuzz/libfuzzed.a
FUZZ_CC   = clang -g -O1 -pthread $(CORE_FLAGS) -Isrc/httpd

build/fuzz/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(FUZZ_LIB): $(FUZZED:%.c=build/fuzz/%.o)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

build/fuzz/%: t/fuzz/%.c $(FUZZ_LIB)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $< $(FUZZ_LIB) \
	    $(LIBS) $(UNIT_LIBS)

bench: all
	perl -It/lib t/bench/bench.pl

demo:
	@sh build-aux/packages install build
	@echo 'Building, which takes a minute ...'
	@$(MAKE) --no-print-directory -s Q=@ say= all
	@sh t/demo/demo.sh $(abspath $(MODULE))

# ---- documents ---------------------------------------------------------------
# The manual page needs lowdown; without it there is none.
MANUAL := build/mod_auth_introspect.8
CHECK_MANUAL := build/introspect-check.1
man:
	@if command -v lowdown >/dev/null; then \
	    $(MAKE) --no-print-directory $(MANUAL) $(CHECK_MANUAL); \
	else echo "There is no lowdown, so no manual page is made"; fi

# The page's first section, by which man and apropos know it; what is one line
# of a directive's table, a list; and titles as man's macros want them.
$(MANUAL): docs/directives.md
	@mkdir -p $(@D)
	$(call say,MAN,$@)
	$(Q){ printf '# NAME\n\nmod\\_auth\\_introspect - %s\n\n' \
	          'verify opaque OAuth 2.0 access tokens (RFC 7662)'; \
	      sed -E -e 's/^# Directives$$/# DESCRIPTION/' -e '/^[|] [|] [|]$$/{N;d;}' \
	          -e 's/^[|] (Syntax|Default|Context|Override) [|] (.*) [|]$$/- **\1**: \2/' \
	          $<; } \
	    | lowdown -st man -M title=mod_auth_introspect -M section=8 \
	          -M source='mod_auth_introspect $(VERSION)' \
	    | sed -e '/^\.S[HS]$$/{N;s/\n/ /;}' \
	          -e '/^mod_auth_introspect - /s/ - / \\- /' > $@

$(CHECK_MANUAL): docs/introspect-check.md
	@mkdir -p $(@D)
	$(call say,MAN,$@)
	$(Q){ printf '# NAME\n\nintrospect-check - %s\n\n# DESCRIPTION\n\n' \
	          'what httpd would do to a request with a token'; \
	      sed -e 1d -e 's/^## /# /' $<; } \
	    | lowdown -st man -M title=introspect-check -M section=1 \
	          -M source='mod_auth_introspect $(VERSION)' \
	    | sed -e '/^\.S[HS]$$/{N;s/\n/ /;}' \
	          -e '/^introspect-check - /s/ - / \\- /' > $@

# What a release is made of.
DIST    := build
ARCHIVE  = $(DIST)/mod_auth_introspect-$(VERSION).tar.gz
dist:
	@mkdir -p $(DIST)
	git archive --prefix=mod_auth_introspect-$(VERSION)/ HEAD | gzip -n9 \
	    > $(ARCHIVE)
	@echo $(ARCHIVE)

# That it builds and installs, and what it installs works: some minutes.
check-dist: dist
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u T_MODULE -u T_BUILD \
	    sh build-aux/check-dist $(ARCHIVE) build/check-dist

# Debian's packages of the last commit. Lintian must have nothing to say.
DEB := build/deb
deb:
	$(call say,DEB,$(DEB))
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u T_MODULE -u T_BUILD \
	    sh build-aux/deb $(DEB) $(VERSION)
	$(Q)lintian --fail-on error,warning $(DEB)/*.changes
	@ls $(DEB)/*.deb

# That they install and work on a bare Debian, and that two builds are the same:
# as root, with the network, some minutes.
check-deb:
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u T_MODULE -u T_BUILD \
	    sh build-aux/check-deb $(DEB)-check $(VERSION)

# ---- care -------------------------------------------------------------------
C_FILES := mod_auth_introspect.c $(wildcard src/*/*.h src/check/*.c src/*/*/*.c src/*/*/*.h t/*/*.c t/*/*.h t/*/*/*.c)

format:
	clang-format -i $(C_FILES)

lint: lint-format lint-tidy lint-cppcheck lint-analyzer

lint-format:
	clang-format --dry-run -Werror $(C_FILES)

# What is as it was when it passed is not looked at again: an object knows the
# headers that it depends on.
TIDY = clang-tidy --quiet --warnings-as-errors='*'
lint-tidy: $(patsubst %,build/tidy/%,$(CORE_SRC) $(GLUE_SRC) $(CHECK_SRC))

build/tidy/src/core/%.c: $(BUILD)/src/core/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,src/core/$*.c)
	$(Q)$(TIDY) src/core/$*.c -- $(WARNINGS) $(CORE_FLAGS) 2>/dev/null
	@touch $@

build/tidy/src/check/%.c: $(BUILD)/src/check/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,src/check/$*.c)
	$(Q)$(TIDY) src/check/$*.c -- $(WARNINGS) $(CHECK_FLAGS) 2>/dev/null
	@touch $@

build/tidy/%.c: $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,$*.c)
	$(Q)$(TIDY) $*.c -- $(WARNINGS) $(GLUE_FLAGS) 2>/dev/null
	@touch $@

lint-cppcheck:
	cppcheck --quiet --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem -Isrc/core -Isrc/httpd \
	    --suppressions-list=.cppcheck mod_auth_introspect.c src

lint-analyzer:
	$(MAKE) --no-print-directory BUILD=build/analyzer STRICT=1 \
	    CFLAGS='-O2 -g -fanalyzer' all

# ---- install ----------------------------------------------------------------
SYSCONFDIR = $(shell $(APXS) -q SYSCONFDIR 2>/dev/null)
BINDIR     = $(shell $(APXS) -q BINDIR 2>/dev/null)
INSTALLING = DESTDIR='$(DESTDIR)' LAYOUT='$(LAYOUT)' sh build-aux/install

install: need-apxs all
	install -d $(DESTDIR)$(BINDIR)
	install -m 755 $(CHECK) $(DESTDIR)$(BINDIR)/introspect-check
	@$(INSTALLING) install $(MODULE) '$(LIBEXECDIR)' '$(SYSCONFDIR)'

uninstall: need-apxs
	@$(INSTALLING) uninstall - '$(LIBEXECDIR)' '$(SYSCONFDIR)'
	rm -f $(DESTDIR)$(BINDIR)/introspect-check

# With an httpd whose apxs, APR and configuration are its own, and not Debian's.
check-elsewhere:
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u T_MODULE -u T_BUILD \
	    sh build-aux/check-elsewhere build/elsewhere

# Packages, in one place: what builds and runs. What tests comes with `check`.
deps:
	@sh build-aux/packages install build

clean:
	rm -rf build compile_commands.json

help:
	@echo 'make            build $(MODULE)'
	@echo 'make demo       install what is missing, show the main job (KEEP=1: go on)'
	@echo 'make check      install what is missing, run all tests'
	@echo 'make deps       install what building and the demo need, as root'
	@echo 'make install    install the module, its .load and .conf (DESTDIR=...)'
	@echo 'make uninstall  remove the module and its .load, leave the .conf'
	@echo 'make man        make the manual page, where lowdown is'
	@echo 'make dist       make the archive of a release'
	@echo 'make check-dist build, install and test from that archive'
	@echo 'make deb        make Debian packages of the last commit, in $(DEB)'
	@echo 'make check-deb  install them into a bare chroot, compare two builds'
	@echo 'make check-elsewhere  install into an httpd built below a prefix'
	@echo 'make bench      compare with other modules, and with none'
	@echo 'make lint       clang-format, clang-tidy, cppcheck, the analyzer of gcc'
	@echo 'make format     lay out the code as lint wants it'
	@echo 'make asan       the tests with AddressSanitizer and UBSan'
	@echo 'make tsan       what threads and processes share, with ThreadSanitizer'
	@echo 'make valgrind   the tests of the core, for leaks'
	@echo 'make stress     writers killed within one table (SECONDS_OF_STRESS=30)'
	@echo 'make chaos      load, faults, kills and reloads (CHAOS_SECONDS=600)'
	@echo 'make fuzz       each fuzzer for a while (SECONDS_OF_FUZZ=60)'
	@echo 'make clean      remove build/'
