# mod_auth_introspect: build, test, install. `make help` lists the targets.

# ---- places and tools ------------------------------------------------------
APXS      ?= apxs
MODE      ?= normal
BUILD     := build/$(MODE)
MODULE    := $(BUILD)/mod_auth_introspect.so
VERSION   := 0.1.0

APR_FLAGS   := $(shell apr-1-config --cppflags --includes 2>/dev/null)
HTTPD_FLAGS := -I$(shell $(APXS) -q INCLUDEDIR 2>/dev/null)
LIBS        := $(shell pkg-config --libs libcurl jansson libcrypto 2>/dev/null)
UNIT_LIBS   := $(shell pkg-config --libs check apr-util-1 apr-1 2>/dev/null)

CFLAGS    ?= -O2 -g
WARNINGS  := -std=gnu99 -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual \
             -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
             -Wformat=2 -Wdeclaration-after-statement -Wundef -Wvla
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIC
LINK_HARD := -Wl,-z,relro -Wl,-z,now

ifeq ($(MODE),asan)
  CFLAGS    := -O1 -g -fno-omit-frame-pointer
  SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=undefined
  HARDENING := -fPIC
  LINK_HARD := -Wl,-z,relro -Wl,-z,now
endif
ifeq ($(MODE),tsan)
  CFLAGS    := -O1 -g -fno-omit-frame-pointer
  SANITIZE  := -fsanitize=thread
  HARDENING := -fPIC
  LINK_HARD := -Wl,-z,relro -Wl,-z,now
endif
ifeq ($(STRICT),1)
  WARNINGS += -Werror
endif

COMPILE = $(CC) $(WARNINGS) $(CFLAGS) $(HARDENING) $(SANITIZE) -pthread -MMD -MP

# ---- what is built from what -----------------------------------------------
CORE_SRC  := $(sort $(wildcard src/core/*.c))
GLUE_SRC  := mod_auth_introspect.c $(sort $(wildcard src/httpd/*.c))
UNIT_SRC  := $(sort $(wildcard t/core/check_*.c))
CORE_OBJ  := $(CORE_SRC:%.c=$(BUILD)/%.o)
GLUE_OBJ  := $(GLUE_SRC:%.c=$(BUILD)/%.o)
CORE_LIB  := $(BUILD)/libintrospect.a
UNITS     := $(UNIT_SRC:t/core/%.c=$(BUILD)/t/%)
STRESS    := $(patsubst t/core/%.c,$(BUILD)/t/%,$(wildcard t/core/stress_*.c))

.PHONY: all core units check unit-check lint format asan tsan valgrind fuzz \
        stress chaos bench demo install clean help deps
.DEFAULT_GOAL := all

all: $(MODULE)

core: $(CORE_LIB)

units: $(UNITS) $(STRESS)

# The core does not see httpd's headers: the wall is a compiler error.
$(BUILD)/src/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(APR_FLAGS) -c -o $@ $<

$(BUILD)/src/httpd/%.o: src/httpd/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(APR_FLAGS) $(HTTPD_FLAGS) -Isrc/core -DMAI_VERSION='"$(VERSION)"' -c -o $@ $<

$(BUILD)/mod_auth_introspect.o: mod_auth_introspect.c
	@mkdir -p $(@D)
	$(COMPILE) $(APR_FLAGS) $(HTTPD_FLAGS) -Isrc/core -Isrc/httpd -DMAI_VERSION='"$(VERSION)"' -c -o $@ $<

$(CORE_LIB): $(CORE_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# One symbol leaves the module: its record.
$(MODULE): $(GLUE_OBJ) $(CORE_LIB) src/httpd/exports.map
	$(CC) -shared $(CFLAGS) $(SANITIZE) -pthread $(LINK_HARD) \
	    -Wl,--version-script=src/httpd/exports.map \
	    -o $@ $(GLUE_OBJ) $(CORE_LIB) $(LIBS)

$(BUILD)/t/%: t/core/%.c $(CORE_LIB)
	@mkdir -p $(@D)
	$(COMPILE) $(APR_FLAGS) -Isrc/core -It/core -o $@ $< $(CORE_LIB) \
	    $(LIBS) $(UNIT_LIBS)

-include $(shell find build -name '*.d' 2>/dev/null)

unit-check: $(UNITS)
	prove --merge $(UNITS)

format:
	clang-format -i mod_auth_introspect.c src/*/*.c src/*/*.h t/core/*.c t/core/*.h

clean:
	rm -rf build
