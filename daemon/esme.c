/* The doors: opened with their accounts, each of which is an endpoint of the
 * gateway; reloaded; stopped in order. */
#include "daemon/esme.h"

#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/esme_impl.h"
#include "gateway/classes.h"
#include "gateway/publish.h"
#include "model/address.h"
#include "proto/e164.h"

enum { LINES_A_SECOND = 10 };

/* ---- checking ------------------------------------------------------------- */

void esme_check_settings(const struct settings *s, struct faults *faults)
{
	const struct section *sec;
	size_t at = 0;

	must(s != NULL && faults != NULL);
	while ((sec = settings_next(s, "smpp_server", &at)) != NULL) {
		struct faults own = { 0 };

		smpp_server_check(sec->title, sec->value, &own);
		for (size_t i = 0; i < own.len; i++)
			faults_add(faults, "line %u: %s", sec->line, own.v[i]);
		faults_done(&own);
	}
}

static void check_account(const struct classes *classes, const char *path,
			  const struct section *sec, struct faults *faults)
{
	const struct smpp_account_cfg *a = sec->value;

	if (a->class_name[0] != '\0' &&
	    classes_find(classes, str_of(a->class_name)) == NULL)
		faults_add(faults, "%s:%u: esme %s: there is no class '%s'",
			   path, sec->line, sec->title, a->class_name);
	if (a->tenant[0] != '\0' && tenant_check(str_of(a->tenant)) != 0)
		faults_add(faults,
			   "%s:%u: esme %s: tenant '%s' is not 1 to %d of "
			   "A-Z a-z 0-9 _ -",
			   path, sec->line, sec->title, a->tenant, TENANT_MAX);
}

void esme_check_accounts(const struct settings *s, struct faults *faults)
{
	struct faults other = { 0 };
	struct classes *classes = NULL;
	const struct section *sec;
	size_t at = 0;

	must(s != NULL && faults != NULL);
	/* what is wrong with classes is told elsewhere */
	if (classes_new(&classes, s, &other) != 0)
		classes = NULL;
	faults_done(&other);
	while ((sec = settings_next(s, "smpp_server", &at)) != NULL) {
		const struct smpp_server_cfg *cfg = sec->value;
		struct settings accounts = { 0 };

		if (smpp_accounts_read(cfg->accounts, &accounts, faults) == 0)
			for (size_t i = 0; classes != NULL && i < accounts.len;
			     i++)
				check_account(classes, cfg->accounts,
					      &accounts.v[i], faults);
		settings_done(&accounts);
	}
	classes_free(&classes);
}

/* ---- seats ---------------------------------------------------------------- */

/* origin: whose it is; "" = nobody's. As written, and as E.164: both ways in
 * which a link may name it. */
static void claim_number(struct gateway *g, const char *number,
			 const char *origin)
{
	char e164[E164_MAX];

	gateway_inbound_origin(g, str_of(number), str_of(origin));
	if (number[0] == '+')
		gateway_inbound_origin(g, str_of(number + 1), str_of(origin));
	else if (e164_parse(str_of(number), "", e164, NULL) == 0)
		gateway_inbound_origin(g, str_of(e164), str_of(origin));
}

static void seat_let_go(struct seat *seat)
{
	for (size_t i = 0; i < seat->nnumbers; i++) {
		if (seat->door->esme->env.gateway != NULL)
			claim_number(seat->door->esme->env.gateway,
				     seat->numbers[i], "");
		mem_free(seat->numbers[i]);
	}
	mem_free(seat->numbers);
	seat->numbers = NULL;
	seat->nnumbers = 0;
}

static void seat_claim(struct seat *seat)
{
	const struct smpp_account_cfg *cfg = seat_cfg(seat);

	if (cfg == NULL)
		return;
	seat->nnumbers = cfg->numbers.len;
	seat->numbers = mem_array(seat->nnumbers, sizeof(seat->numbers[0]));
	for (size_t i = 0; i < seat->nnumbers; i++) {
		seat->numbers[i] = str_dup(cfg->numbers.v[i]);
		claim_number(seat->door->esme->env.gateway, seat->numbers[i],
			     seat->name);
	}
}

static struct seat *seat_new(struct door *d, unsigned account)
{
	struct seat *seat = mem_new(struct seat);
	struct buf name;

	seat->door = d;
	seat->account = account;
	limit_init(&seat->lines, LINES_A_SECOND, 2 * LINES_A_SECOND,
		   clock_mono_us(d->esme->env.clock));
	buf_init(&name, 256);
	buf_f(&name, "%s/%s", d->name, smpp_server_account(d->server, account));
	seat->name = buf_take(&name);
	buf_done(&name);
	buf_init(&name, 256);
	buf_f(&name, "esme:%s", seat->name);
	seat->by = buf_take(&name);
	buf_done(&name);
	const struct publish_endpoint_cfg cfg = {
		.name = seat->name,
		.events = esme_events,
		.nevents = esme_nevents,
		.tenant = "",
		.see_numbers = true,
		.own_only = true,
		.notify = esme_notify,
		.owner = seat,
	};
	seat->endpoint = gateway_endpoint(d->esme->env.gateway, &cfg);
	return seat;
}

/* Those that the accounts file has, and that have no seat yet. */
static int door_seats(struct door *d, struct err *err)
{
	while (smpp_server_account(d->server, d->nseats) != NULL) {
		struct seat *seat = seat_new(d, d->nseats);

		d->seats = mem_resize(d->seats,
				      (d->nseats + 1) * sizeof(d->seats[0]));
		d->seats[d->nseats++] = seat;
		if (seat->endpoint < 0)
			return err_set(err, -ENOSPC,
				       "smpp_server %s: there is no room for "
				       "account %u, esme %s",
				       d->name, d->nseats,
				       smpp_server_account(d->server,
							   seat->account));
	}
	/* one may have what another had */
	for (unsigned i = 0; i < d->nseats; i++)
		seat_let_go(d->seats[i]);
	for (unsigned i = 0; i < d->nseats; i++)
		seat_claim(d->seats[i]);
	return 0;
}

/* ---- what the server says ------------------------------------------------- */

static void on_receivers(void *owner, unsigned account, unsigned window)
{
	struct door *d = owner;
	const struct seat *seat = d->seats[account];

	if (seat->endpoint >= 0)
		gateway_endpoint_window(d->esme->env.gateway, seat->endpoint,
					window);
}

static void on_delivered(void *owner, uint64_t attempt, const struct outcome *o)
{
	struct door *d = owner;

	gateway_endpoint_ended(d->esme->env.gateway, attempt, o);
}

static const struct smpp_server_events server_events = {
	.submit = esme_on_submit,
	.query = esme_on_query,
	.cancel = esme_on_cancel,
	.receivers = on_receivers,
	.delivered = on_delivered,
};

static uint64_t new_id(void *owner)
{
	struct door *d = owner;

	return gateway_id(d->esme->env.gateway);
}

/* ---- opening -------------------------------------------------------------- */

static int log_faults(struct faults *f, struct err *err)
{
	err_set(err, -EINVAL, "%s", f->len > 0 ? f->v[0] : "no accounts");
	faults_done(f);
	return -EINVAL;
}

static int door_parts(struct door *d, struct err *err)
{
	const struct parts_env env = {
		.loop = d->esme->env.loop,
		.clock = d->esme->env.clock,
		.store = gateway_store(d->esme->env.gateway),
		.name = d->name,
		.new_id = new_id,
		.whole = esme_on_whole,
		.owner = d,
	};
	const struct parts_limits limits = { (size_t)d->cfg->sets_max,
					     (uint64_t)d->cfg->parts_wait_ms };

	return parts_open(&d->parts, &env, &limits, err);
}

static int door_open(struct door *d, struct err *err)
{
	const struct smpp_server_env env = {
		.loop = d->esme->env.loop,
		.clock = d->esme->env.clock,
		.name = d->name,
		.cfg = d->cfg,
		.events = &server_events,
		.owner = d,
	};
	struct settings accounts = { 0 };
	struct faults faults = { 0 };
	int rc = smpp_accounts_read(d->cfg->accounts, &accounts, &faults);

	if (rc != 0) {
		settings_done(&accounts);
		return log_faults(&faults, err);
	}
	rc = door_parts(d, err);
	if (rc == 0)
		rc = smpp_server_open(&d->server, &env, &accounts, err);
	settings_done(&accounts); /* taken; or there was no server */
	return rc == 0 ? door_seats(d, err) : rc;
}

static void on_turn(void *owner)
{
	esme_told(owner);
}

int esme_open(struct esme **out, const struct esme_env *env, struct err *err)
{
	must(out != NULL && env != NULL && env->gateway != NULL);
	AUTO(esme_close) struct esme *e = mem_new(struct esme);
	const struct section *sec;
	size_t at = 0;

	e->env = *env;
	buf_init(&e->told, BUF_NO_LIMIT);
	e->hook = loop_at_end_of_turn(env->loop, on_turn, e);
	while ((sec = settings_next(env->settings, "smpp_server", &at)) !=
	       NULL) {
		struct door *d = mem_new(struct door);

		d->esme = e;
		d->name = sec->title;
		d->cfg = sec->value;
		e->doors = mem_resize(e->doors,
				      (e->ndoors + 1) * sizeof(e->doors[0]));
		e->doors[e->ndoors++] = d;
		int rc = door_open(d, err);
		if (rc != 0)
			return rc;
	}
	*out = TAKE(e);
	return 0;
}

/* ---- reloading ------------------------------------------------------------ */

static void door_reload(struct door *d, const struct smpp_server_cfg *cfg,
			struct faults *faults)
{
	const struct parts_limits limits = { (size_t)cfg->sets_max,
					     (uint64_t)cfg->parts_wait_ms };
	struct settings accounts = { 0 };
	struct err err = { "" };

	if (smpp_accounts_read(cfg->accounts, &accounts, faults) != 0) {
		settings_done(&accounts); /* the accounts stay as they were */
		return;
	}
	d->cfg = cfg;
	smpp_server_reload(d->server, cfg, &accounts);
	parts_limit(d->parts, &limits);
	if (door_seats(d, &err) != 0)
		faults_add(faults, "%s", err.text);
	log_info("esme.reloaded", KV_S("server", d->name),
		 KV_U("accounts", d->nseats));
}

void esme_reload(struct esme *e, const struct settings *fresh,
		 struct faults *faults)
{
	const struct section *sec;
	size_t at = 0, n = 0;

	must(e != NULL && fresh != NULL && faults != NULL);
	if (e->stopping != 0)
		return;
	for (unsigned i = 0; i < e->ndoors; i++) {
		struct door *d = e->doors[i];

		sec = settings_find(fresh, "smpp_server", d->name);
		if (sec == NULL) {
			faults_add(faults,
				   "smpp_server %s: taking it away takes a "
				   "restart",
				   d->name);
			continue;
		}
		IGNORE(settings_differ(sec->kind, d->cfg, sec->value, faults));
		door_reload(d, sec->value, faults);
	}
	while (settings_next(fresh, "smpp_server", &at) != NULL)
		n++;
	if (n > e->ndoors)
		faults_add(faults, "a new smpp_server takes a restart");
}

/* ---- the end -------------------------------------------------------------- */

static void on_door_stopped(void *owner)
{
	struct esme *e = owner;

	if (--e->stopping > 0)
		return;
	e->stopping = 1;       /* for good */
	e->env.gateway = NULL; /* it may close now */
	void (*stopped)(void *) = TAKE(e->stopped);
	stopped(e->stopped_owner);
}

void esme_stop(struct esme *e, void (*done)(void *owner), void *owner)
{
	must(e != NULL && done != NULL && e->stopping == 0);
	e->stopped = done;
	e->stopped_owner = owner;
	e->stopping = e->ndoors + 1;
	for (unsigned i = 0; i < e->ndoors; i++) {
		parts_stop(e->doors[i]->parts);
		smpp_server_stop(e->doors[i]->server, on_door_stopped, e);
	}
	on_door_stopped(e);
}

static void door_free(struct door *d)
{
	smpp_server_close(&d->server);
	parts_close(&d->parts);
	for (unsigned i = 0; i < d->nseats; i++) {
		seat_let_go(d->seats[i]);
		mem_free(d->seats[i]->name);
		mem_free(d->seats[i]->by);
		mem_free(d->seats[i]);
	}
	mem_free(d->seats);
	mem_free(d);
}

void esme_close(struct esme **ep)
{
	must(ep != NULL);
	struct esme *e = TAKE(*ep);
	if (e == NULL)
		return;
	loop_hook_close(&e->hook);
	for (unsigned i = 0; i < e->ndoors; i++)
		door_free(e->doors[i]);
	mem_free(e->doors);
	buf_done(&e->told);
	mem_free(e);
}
