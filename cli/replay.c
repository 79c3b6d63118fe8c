/* replay: a recording against a peer, and what came of it. */
#include "cli/replay.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/verbs.h"
#include "proto/json.h"
#include "proto/smpp.h"

#define WINDOW_MAX 100000

const struct option replay_options[] = {
	{ "to", "HOST:PORT", false },   { "listen", "ADDRESS:PORT", false },
	{ "speed", "N", false },        { "window", "N", false },
	{ "system-id", "NAME", false }, { "password-file", "FILE", false },
	{ "wait", "SECONDS", false },   { NULL, NULL, false },
};

/* ---- the verb ------------------------------------------------------------- */

static bool number(const struct args *a, const char *name, double most,
		   double *out)
{
	const char *text = args_get(a, name);
	char *end;

	if (text == NULL)
		return true;
	*out = strtod(text, &end);
	if (*end == '\0' && end != text && *out >= 0 && *out <= most)
		return true;
	say_error(WORD_R_NUMBER, WORDS_LIST(name, text));
	return false;
}

static int find_host(const char *text, struct sockaddr_storage *out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *colon = strrchr(text, ':');
	char host[256];
	int rc;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host)) {
		say_error(WORD_R_HOST, WORDS_LIST(text));
		return CLI_USAGE;
	}
	/* [::1]:2775 */
	struct str h = str_bytes(text, (size_t)(colon - text));
	if (h.len >= 2 && h.p[0] == '[')
		h = str_first(str_from(h, 1), h.len - 2);
	must(str_copy(host, sizeof(host), h) == 0);
	rc = getaddrinfo(host, colon + 1, &hints, &found);
	if (rc != 0) {
		say_error(WORD_NO_ANSWER, WORDS_LIST(text, gai_strerror(rc)));
		return CLI_FAILED;
	}
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return CLI_DONE;
}

static void tell_json(const struct replay *r)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 65536);
	json_open(&b, '{');
	json_key(&b, "requests");
	json_open(&b, '[');
	for (unsigned i = 0; i < r->ncounts; i++) {
		const struct replay_count *c = &r->counts[i];

		json_open(&b, '{');
		json_kz(&b, "command", smpp_command_name(c->command));
		json_ku(&b, "sent", c->sent);
		json_ku(&b, "answered", c->answered);
		json_ku(&b, "as_recorded", c->same);
		json_close(&b, '}');
	}
	json_close(&b, ']');
	json_ku(&b, "received", r->received);
	json_kz(&b, "failed", r->failed == NULL ? "" : r->failed);
	json_close(&b, '}');
	printf("%s\n", b.p);
}

static bool tell(const struct cli *c, const struct replay *r)
{
	bool whole = r->failed == NULL;

	for (unsigned i = 0; i < r->ncounts; i++) {
		const struct replay_count *n = &r->counts[i];
		char sent[24], answered[24], same[24];

		whole = whole && n->answered >= n->sent;
		(void)snprintf(sent, sizeof(sent), "%zu", n->sent);
		(void)snprintf(answered, sizeof(answered), "%zu", n->answered);
		(void)snprintf(same, sizeof(same), "%zu", n->same);
		if (!c->json)
			say(WORD_R_COUNT,
			    WORDS_LIST(smpp_command_name(n->command), sent,
				       answered, same));
	}
	if (c->json)
		tell_json(r);
	if (r->failed != NULL)
		say_error(WORD_R_FAILED, WORDS_LIST(r->failed));
	return whole;
}

static int play(struct cli *c, struct replay *r, const char *to,
		const char *listen)
{
	struct sockaddr_storage at = { 0 };
	struct err err = { "" };
	int rc = to != NULL ? find_host(to, &at) : CLI_DONE;

	if (rc != CLI_DONE)
		return rc;
	must(loop_open(&r->loop, NULL) == 0);
	if (to != NULL) {
		replay_esme(r, &at);
	} else if (replay_smsc(r, listen, &err) != 0) {
		fprintf(stderr, "carillon: %s\n", err.text);
		rc = CLI_FAILED;
	}
	if (rc == CLI_DONE && !tell(c, r))
		rc = CLI_FAILED;
	loop_close(&r->loop);
	return rc;
}

int verb_replay(struct cli *c, const struct args *a)
{
	const char *to = args_get(a, "to"), *listen = args_get(a, "listen");
	const char *file = args_get(a, "password-file");
	double window = 100, wait = 10;
	struct recording rec;
	struct replay r = { .recording = &rec,
			    .cfg = { .speed = 1,
				     .system_id = args_get(a, "system-id") } };
	struct err err = { "" };
	char password[64];

	log_threshold = LOG_ERROR;
	if ((to == NULL) == (listen == NULL)) {
		say_error(WORD_R_ONE, NULL, 0);
		return CLI_USAGE;
	}
	if (!number(a, "speed", 1e6, &r.cfg.speed) ||
	    !number(a, "window", WINDOW_MAX, &window) ||
	    !number(a, "wait", 86400, &wait))
		return CLI_USAGE;
	if (file != NULL &&
	    cli_secret(file, password, sizeof(password)) != CLI_DONE)
		return CLI_FAILED;
	r.cfg.password = file == NULL ? NULL : password;
	r.cfg.window = (unsigned)MAX(window, 1);
	r.cfg.patience_ms = (uint64_t)(wait * 1000);
	int rc = recording_read(&rec, a->v[0], &err);
	if (rc != 0) {
		fprintf(stderr, "carillon: %s\n", err.text);
		rc = CLI_FAILED;
	} else {
		rc = play(c, &r, to, listen);
	}
	recording_done(&rec);
	secret_wipe(password, sizeof(password));
	return rc;
}
