# make install [PREFIX=/usr/local] [DESTDIR=]; make uninstall leaves the
# configuration and all data where they are.
PREFIX ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/carillon
UNITDIR ?= $(PREFIX)/lib/systemd/system
MANPAGES := $(wildcard docs/man/*.[1-9])
CONF := $(DESTDIR)$(SYSCONFDIR)/carillon

.PHONY: install install-here uninstall

# What goes to users is the rel variant, unless another was asked for.
install:
	@$(MAKE) --no-print-directory V=$(if $(filter file,$(origin V)),rel,$(V)) \
		install-here

install-here: all
	@install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(DOCDIR) $(CONF)
	@install -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	@sed -e 's#@BINDIR@#$(BINDIR)#g' -e 's#@SYSCONFDIR@#$(SYSCONFDIR)#g' \
		-e 's#@DOCDIR@#$(DOCDIR)#g' config/carillond.service \
		>$(DESTDIR)$(UNITDIR)/carillond.service
	@chmod 644 $(DESTDIR)$(UNITDIR)/carillond.service
	@$(foreach m,$(MANPAGES),install -D -m 644 $(m) \
		$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)) && ) :
	@$(B)/carillond --reference >$(DESTDIR)$(DOCDIR)/carillon.conf.reference
	@if [ -e $(CONF)/carillon.conf ]; then \
		install -m 644 config/carillon.conf $(CONF)/carillon.conf.new; \
		echo "kept $(CONF)/carillon.conf, see carillon.conf.new beside it"; \
	else \
		install -m 644 config/carillon.conf $(CONF)/carillon.conf; \
	fi
	@echo "installed $(notdir $(PROGRAMS)) in $(DESTDIR)$(BINDIR)"

uninstall:
	@rm -f $(addprefix $(DESTDIR)$(BINDIR)/,carillond carillon smscsim) \
		$(DESTDIR)$(UNITDIR)/carillond.service \
		$(foreach m,$(MANPAGES),$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix \
		$(m)))/$(notdir $(m))) $(DESTDIR)$(DOCDIR)/carillon.conf.reference
	@rmdir $(DESTDIR)$(DOCDIR) 2>/dev/null || :

# Every setting with its text, unit, range and default.
.PHONY: reference
reference: $(B)/carillond
	@$(B)/carillond --reference >config/carillon.conf.reference
	@$(B)/carillond --roles >docs/roles.md
	@echo "config/carillon.conf.reference docs/roles.md"
