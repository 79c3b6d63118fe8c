/* The accounts of an SMPP server: what the file says of each, and how much
 * of it is used. */
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "channels/smpp/server_impl.h"

enum { LINES_A_SECOND = 10 };

/* ---- loading -------------------------------------------------------------- */

static struct stat *account_stat(const struct server_account *a,
				 enum stat_kind kind, const char *name,
				 const char *help)
{
	struct buf label;

	buf_init(&label, 1024);
	buf_f(&label, "server=\"%s\",account=\"%s\"", a->server->env.name,
	      a->name);
	struct stat *s = stats_get(kind, name, help, label.p);
	buf_done(&label);
	return s;
}

static void account_stats(struct server_account *a)
{
	a->submits = account_stat(a, STAT_COUNTER, "smpp_server_requests_total",
				  "Requests of ESMEs that were taken.");
	a->refused = account_stat(a, STAT_COUNTER, "smpp_server_refused_total",
				  "Requests of ESMEs that were refused.");
	a->throttled =
		account_stat(a, STAT_COUNTER, "smpp_server_throttled_total",
			     "Requests above the rate of an account.");
	a->delivered =
		account_stat(a, STAT_COUNTER, "smpp_server_delivered_total",
			     "deliver_sm that ESMEs took.");
	a->undelivered =
		account_stat(a, STAT_COUNTER, "smpp_server_undelivered_total",
			     "deliver_sm that ESMEs did not take.");
	a->bound = account_stat(a, STAT_GAUGE, "smpp_server_binds",
				"Binds of an account that are up.");
}

static struct server_account *account_new(struct smpp_server *s,
					  const char *name)
{
	struct server_account *a = mem_new(struct server_account);

	a->server = s;
	a->name = str_dup(name);
	a->index = s->naccounts;
	list_init(&a->sessions);
	list_init(&a->queue);
	list_init(&a->held);
	list_init(&a->dirty);
	limit_init(&a->limit, 0, 0, clock_mono_us(s->env.clock));
	limit_init(&a->lines, LINES_A_SECOND, 2 * LINES_A_SECOND,
		   clock_mono_us(s->env.clock));
	account_stats(a);
	s->accounts = mem_resize(s->accounts,
				 (s->naccounts + 1) * sizeof(s->accounts[0]));
	s->accounts[s->naccounts++] = a;
	(void)dict_set(s->by_name, str_of(a->name), a);
	return a;
}

static void account_learn(struct server_account *a,
			  const struct smpp_account_cfg *cfg)
{
	double rate = (double)cfg->rate;

	a->cfg = cfg;
	a->is_known = false;
	limit_set_rate(&a->limit, rate,
		       cfg->burst > 0 ? (double)cfg->burst : rate,
		       clock_mono_us(a->server->env.clock));
	mem_free(a->allow);
	a->nallow = cfg->allow.len;
	a->allow = mem_array(a->nallow, sizeof(a->allow[0]));
	for (size_t i = 0; i < a->nallow; i++) {
		int rc =
			smpp_range_parse(str_of(cfg->allow.v[i]), &a->allow[i]);
		must(rc == 0); /* smpp_accounts_read has seen it */
	}
	a->limit.tokens = a->limit.burst;
	server_account_touch(a);
}

void server_accounts_load(struct smpp_server *s, struct settings *file)
{
	struct settings old = s->file;

	must(file != NULL);
	s->file = *file;
	*file = (struct settings){ 0 };
	for (unsigned i = 0; i < s->naccounts; i++)
		s->accounts[i]->cfg = NULL;
	for (size_t i = 0; i < s->file.len; i++) {
		const struct section *sec = &s->file.v[i];
		struct server_account *a =
			dict_get(s->by_name, str_of(sec->title));

		if (a == NULL)
			a = account_new(s, sec->title);
		account_learn(a, sec->value);
	}
	settings_done(&old);
}

void server_accounts_free(struct smpp_server *s)
{
	for (unsigned i = 0; i < s->naccounts; i++) {
		struct server_account *a = s->accounts[i];

		must(list_empty(&a->sessions) && list_empty(&a->queue));
		list_remove(&a->dirty);
		secret_wipe(a->known, sizeof(a->known));
		mem_free(a->allow);
		mem_free(a->name);
		mem_free(a);
	}
	mem_free(s->accounts);
	dict_free(&s->by_name);
	settings_done(&s->file);
}

/* ---- asking --------------------------------------------------------------- */

struct server_account *server_account_find(const struct smpp_server *s,
					   struct str system_id)
{
	struct server_account *a = dict_get(s->by_name, system_id);

	return a != NULL && a->cfg != NULL ? a : NULL;
}

bool server_account_allows(const struct server_account *a,
			   const uint8_t address[16])
{
	for (size_t i = 0; i < a->nallow; i++)
		if (smpp_range_has(&a->allow[i], address))
			return true;
	return false;
}

bool server_account_binds(const struct server_account *a, uint32_t command)
{
	switch ((enum smpp_server_bind)a->cfg->bind) {
	case SMPP_SERVER_BIND_ANY:
		return true;
	case SMPP_SERVER_BIND_TRANSMITTER:
		return command == SMPP_BIND_TRANSMITTER;
	case SMPP_SERVER_BIND_RECEIVER:
		return command == SMPP_BIND_RECEIVER;
	case SMPP_SERVER_BIND_TRANSCEIVER:
		return command == SMPP_BIND_TRANSCEIVER;
	}
	return false;
}

/* A leading + makes no difference; a * at the end stands for any rest. */
static bool sender_fits(struct str right, struct str as)
{
	if (str_starts(right, STR("+")))
		right = str_from(right, 1);
	if (str_starts(as, STR("+")))
		as = str_from(as, 1);
	if (right.len > 0 && right.p[right.len - 1] == '*')
		return str_starts(as, str_first(right, right.len - 1));
	return str_eq(right, as);
}

bool server_account_sends_as(const struct server_account *a, struct str as)
{
	for (size_t i = 0; i < a->cfg->senders.len; i++)
		if (sender_fits(str_of(a->cfg->senders.v[i]), as))
			return true;
	return false;
}

struct str server_account_sender(const struct server_account *a)
{
	for (size_t i = 0; i < a->cfg->senders.len; i++) {
		struct str s = str_of(a->cfg->senders.v[i]);

		if (str_find(s, '*') == s.len)
			return s;
	}
	return STR_NONE;
}

bool server_account_takes(struct server_account *a, unsigned n)
{
	return limit_take(&a->limit, n, clock_mono_us(a->server->env.clock));
}

bool server_account_may_log(struct server_account *a)
{
	return limit_take(&a->lines, 1, clock_mono_us(a->server->env.clock));
}

void server_account_touch(struct server_account *a)
{
	if (list_empty(&a->dirty))
		list_append(&a->server->dirty, &a->dirty);
	loop_again(a->server->env.loop);
}
