/* sendsms-user to kannel_user, and hints for sms-service. */
#include "cli/kannel_import.h"

#include <stdio.h>
#include <string.h>

#include "proto/kannel_conf.h"

#define USERS_MAX 1000
#define URL_MAX 1400

/* ---- addresses ------------------------------------------------------------ */

/* "10.0.*.*" -> "10.0.0.0/16". False when it is no such range. */
static bool range_of(struct str pattern, char out[32])
{
	unsigned bits = 0, at = 0, v[4] = { 0 };
	bool star = false;
	struct str part;

	while (pattern.len > 0 && at < 4) {
		uint64_t n = 0;

		pattern = str_cut(pattern, '.', &part);
		if (str_eqz(part, "*"))
			star = true;
		else if (star || str_u64(part, 255, &n) != 0)
			return false;
		else
			bits += 8;
		v[at++] = (unsigned)n;
	}
	if (at != 4 || pattern.len > 0)
		return false;
	(void)snprintf(out, 32, "%u.%u.%u.%u/%u", v[0], v[1], v[2], v[3], bits);
	return true;
}

/* Kannel heeds the list of those allowed only beside one of those denied. */
static void put_allow(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *deny = kannel_var_find(g, "user-deny-ip");
	struct kannel_var *allow = kannel_var_find(g, "user-allow-ip");
	struct str list, one;
	unsigned n = 0;

	if (deny == NULL || deny->value[0] == '\0') {
		kannel_carry(im, deny);
		kannel_leave(im, allow, WORD_K_ALLOW_ALONE, NULL, 0);
		return;
	}
	if (strcmp(deny->value, "*.*.*.*") != 0) {
		kannel_leave(im, deny, WORD_K_DENY, NULL, 0);
		kannel_leave(im, allow, WORD_K_DENY, NULL, 0);
		return;
	}
	kannel_carry(im, deny);
	buf_z(&im->out, "\tallow = {");
	list = str_of(allow == NULL ? "" : allow->value);
	while (kannel_list_next(&list, &one)) {
		char range[32];

		if (range_of(one, range))
			buf_f(&im->out, "%s\"%s\"", n++ == 0 ? "" : ", ",
			      range);
		else
			kannel_leave(im, allow, WORD_K_ADDRESS,
				     WORDS_LIST(allow->value));
	}
	/* nobody at all */
	buf_z(&im->out, n == 0 ? "\"0.0.0.0/32\"}\n" : "}\n");
	kannel_carry(im, allow);
}

/* ---- users ---------------------------------------------------------------- */

/* Titles of before, for kannel_title. */
struct titles {
	char v[USERS_MAX][64];
	unsigned n;
};

static bool title_taken(void *owner, const char *title)
{
	const struct titles *t = owner;

	for (unsigned i = 0; i < t->n; i++) {
		if (strcmp(t->v[i], title) == 0)
			return true;
	}
	return false;
}

static bool is_reference(struct str s)
{
	return str_starts(s, STR("@file:")) || str_starts(s, STR("${"));
}

/* Without a name or a password nobody could use it. */
static bool user_whole(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *name = kannel_var_find(g, "username");
	struct kannel_var *password = kannel_var_find(g, "password");

	if (name == NULL || password == NULL || name->value[0] == '\0' ||
	    password->value[0] == '\0') {
		kannel_note(im, g->file, g->line, "group", WORD_K_NO_PASSWORD,
			    NULL, 0);
		return false;
	}
	if (is_reference(str_of(password->value))) {
		kannel_leave(im, password, WORD_K_REFERENCE, NULL, 0);
		return false;
	}
	if (!kannel_text_ok(str_of(name->value)) ||
	    !kannel_text_ok(str_of(password->value))) {
		kannel_leave(im, password, WORD_K_CHARACTERS, NULL, 0);
		return false;
	}
	return true;
}

static void put_url(struct kannel_import *im, const struct kannel_group *g)
{
	struct kannel_var *v = kannel_var_find(g, "dlr-url");

	if (v == NULL || v->value[0] == '\0') {
		kannel_carry(im, v);
		return;
	}
	if (!str_starts(str_of(v->value), STR("http"))) {
		kannel_leave(im, v, WORD_K_URL, NULL, 0);
		return;
	}
	kannel_take_str(im, g, "dlr-url", "dlr_url", URL_MAX);
}

static void put_user(struct kannel_import *im, const struct kannel_group *g,
		     struct titles *titles, struct kannel_var *global)
{
	struct kannel_var *name = kannel_var_find(g, "username");
	struct kannel_var *service = kannel_var_find(g, "name");
	char *title = titles->v[titles->n];

	kannel_title(str_of(name->value), "user", title, title_taken, titles);
	titles->n++;
	kannel_put_open(im, "kannel_user", title);
	if (strcmp(title, name->value) != 0)
		kannel_put_str(im, "username", str_of(name->value));
	kannel_carry(im, name);
	kannel_put_str(im, "password", kannel_value(g, "password"));
	kannel_carry(im, kannel_var_find(g, "password"));
	kannel_put_word(im, "class", "kannel");
	if (service != NULL && strcmp(service->value, name->value) == 0)
		kannel_carry(im, service);
	if (!kannel_take_str(im, g, "default-sender", "sender", 20) &&
	    global != NULL && strlen(global->value) <= 20 &&
	    kannel_text_ok(str_of(global->value))) {
		kannel_put_str(im, "sender", str_of(global->value));
		kannel_carry(im, global);
	}
	kannel_take_str(im, g, "faked-sender", "forced_sender", 20);
	kannel_take_str(im, g, "default-smsc", "smsc", 64);
	kannel_take_str(im, g, "forced-smsc", "forced_smsc", 64);
	put_url(im, g);
	kannel_take_int(im, g, "dlr-mask", "dlr_mask", 0, 126, "");
	put_allow(im, g);
	kannel_put_close(im);
}

void kannel_users(struct kannel_import *im)
{
	static struct titles titles;
	struct kannel_group *g = NULL;
	struct kannel_var *global = NULL;

	must(im != NULL);
	titles.n = 0;
	while ((g = kannel_group_next(&im->conf, "smsbox", g)) != NULL)
		global = kannel_var_find(g, "global-sender");
	while ((g = kannel_group_next(&im->conf, "sendsms-user", g)) != NULL) {
		if (!user_whole(im, g))
			g->told = true;
		else if (titles.n == USERS_MAX)
			kannel_note(im, g->file, g->line, "group",
				    WORD_K_TOO_MANY, NULL, 0);
		else
			put_user(im, g, &titles, global);
	}
}

/* ---- services ------------------------------------------------------------- */

static const struct kannel_var *service_url(const struct kannel_group *g)
{
	static const char *const keys[] = { "get-url", "post-url", "post-xml",
					    "url" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct kannel_var *v = kannel_var_find(g, keys[i]);

		if (v != NULL && kannel_text_ok(str_of(v->value)))
			return v;
	}
	return NULL;
}

static void put_service(struct kannel_import *im, struct kannel_group *g)
{
	const struct kannel_var *v = service_url(g);
	struct str url;

	g->told = true;
	if (v == NULL) {
		kannel_note(im, g->file, g->line, "sms-service", WORD_K_ANSWERS,
			    NULL, 0);
		return;
	}
	(void)str_cut(str_of(v->value), '?', &url);
	buf_z(&im->out, "#\n# ");
	kannel_put_remark(&im->out, v->file);
	buf_f(&im->out, ":%u fetched ", v->line);
	kannel_put_remark(&im->out, v->value);
	buf_f(&im->out, "\n#webhook service-%u { url = ", g->line);
	kannel_put_quoted(&im->out, str_trim(url));
	buf_f(&im->out,
	      "  secret = \"@file:/etc/carillon/service-%u\"\n"
	      "#\tevents = {\"message.inbound\"}  see_numbers = true }\n",
	      g->line);
	kannel_note(im, v->file, v->line, "sms-service", WORD_K_SERVICE,
		    WORDS_LIST(v->value));
}

void kannel_services(struct kannel_import *im)
{
	struct kannel_group *g = NULL;
	bool first = true;

	must(im != NULL);
	while ((g = kannel_group_next(&im->conf, "sms-service", g)) != NULL) {
		if (first)
			buf_z(&im->out,
			      "\n# Kannel fetched a URL for what customers "
			      "wrote and sent its answer. Here it\n# is posted "
			      "as a signed webhook, and who answers uses "
			      "sendsms.\n");
		first = false;
		put_service(im, g);
	}
}
