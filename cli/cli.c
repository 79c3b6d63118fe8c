/* One call of the command: where the node is, what it answers, what is said
 * to people. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/secret.h"
#include "cli/http.h"

#define URL_DEFAULT "http://127.0.0.1:8080"
#define BODY_MAX ((size_t)128 << 20)
#define KEY_MAX 200

/* ---- saying ---------------------------------------------------------------------*/

static void say_to(FILE *f, enum word w, const char *const *v, unsigned n)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 65536);
	word_fill(&b, w, v, n);
	fprintf(f, "%s\n", b.p);
}

void say(enum word w, const char *const *v, unsigned n)
{
	say_to(stdout, w, v, n);
}

void say_error(enum word w, const char *const *v, unsigned n)
{
	fputs("carillon: ", stderr);
	say_to(stderr, w, v, n);
}

const char *text_of_value(const json_t *v)
{
	static char room[8][32];
	static unsigned at;
	char *out = room[at++ % 8];

	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v)) {
		snprintf(out, sizeof(room[0]), "%lld",
			 (long long)json_integer_value(v));
		return out;
	}
	if (json_is_real(v)) {
		snprintf(out, sizeof(room[0]), "%.2f", json_real_value(v));
		return out;
	}
	if (json_is_boolean(v))
		return word(json_is_true(v) ? WORD_YES : WORD_NO);
	return "";
}

const char *text_of(const json_t *object, const char *name)
{
	return text_of_value(json_object_get(object, name));
}

/* ---- where --------------------------------------------------------------------*/

int cli_secret(const char *file, char *out, size_t size)
{
	FILE *f = fopen(file, "re");
	bool is = f != NULL && fgets(out, (int)size, f) != NULL;

	if (!is)
		say_error(WORD_CANNOT_READ,
			  WORDS_LIST(file,
				     f == NULL ? strerror(errno) : "empty"));
	if (f != NULL)
		fclose(f);
	out[is ? strcspn(out, "\r\n") : 0] = '\0';
	return is ? CLI_DONE : CLI_FAILED;
}

static int key_read(struct cli *c, const char *file)
{
	char text[KEY_MAX + 2];

	if (cli_secret(file, text, sizeof(text)) != CLI_DONE)
		return CLI_FAILED;
	c->key_text = str_z(str_trim(str_of(text)));
	c->key = c->key_text;
	secret_wipe(text, sizeof(text));
	return CLI_DONE;
}

int cli_open(struct cli *c, const struct args *globals)
{
	must(c != NULL && globals != NULL);
	*c = (struct cli){ 0 };
	buf_init(&c->body, BODY_MAX);
	c->url = args_get(globals, "url");
	if (c->url == NULL)
		c->url = getenv("CARILLON_URL");
	if (c->url == NULL || c->url[0] == '\0')
		c->url = URL_DEFAULT;
	c->tenant = args_get(globals, "tenant");
	c->json = args_get(globals, "json") != NULL;
	c->terminal = isatty(STDERR_FILENO) == 1;
	c->http = http_new(args_get(globals, "ca"));
	const char *file = args_get(globals, "key-file");
	if (file != NULL)
		return key_read(c, file);
	c->key = getenv("CARILLON_KEY");
	return CLI_DONE;
}

void cli_close(struct cli *c)
{
	must(c != NULL);
	if (c->answer != NULL)
		json_decref(c->answer);
	buf_done(&c->body);
	if (c->key_text != NULL)
		secret_wipe(c->key_text, strlen(c->key_text));
	mem_free(c->key_text);
	http_free(&c->http);
	*c = (struct cli){ 0 };
}

/* ---- paths --------------------------------------------------------------------*/

static void escape(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(plain, *p) != NULL)
			buf_c(out, *p);
		else
			buf_f(out, "%%%02X", (unsigned)(unsigned char)*p);
	}
}

void path_query(struct buf *path, const char *name, const char *value)
{
	must(path != NULL && name != NULL);
	if (value == NULL)
		return;
	buf_c(path, memchr(path->p, '?', path->len) == NULL ? '?' : '&');
	buf_z(path, name);
	buf_c(path, '=');
	escape(path, value);
}

void path_part(struct buf *path, const char *text)
{
	must(path != NULL && text != NULL);
	escape(path, text);
}

/* ---- calls --------------------------------------------------------------------*/

static void url_of(struct cli *c, const char *path, struct buf *url)
{
	size_t n = strlen(c->url);

	buf_put(url, c->url, n > 0 && c->url[n - 1] == '/' ? n - 1 : n);
	buf_z(url, path);
	path_query(url, "tenant", c->tenant);
}

static int call(struct cli *c, struct http_ask *ask, const char *path)
{
	AUTO(buf_done) struct buf url = { 0 };
	struct http_answer answer = { .body = &c->body };
	const char *why = "";

	buf_init(&url, 65536);
	url_of(c, path, &url);
	buf_reset(&c->body);
	if (c->answer != NULL)
		json_decref(TAKE(c->answer));
	ask->url = url.p;
	ask->key = c->key;
	ask->match = c->match;
	if (http_call(c->http, ask, &answer, &why) != 0) {
		say_error(WORD_NO_ANSWER, WORDS_LIST(c->url, why));
		return CLI_FAILED;
	}
	c->status = answer.status;
	IGNORE(str_copy(c->next, sizeof(c->next), str_of(answer.next)));
	c->answer = json_loadb(c->body.p, c->body.len, 0, NULL);
	return CLI_DONE;
}

int cli_call(struct cli *c, const char *method, const char *path,
	     const char *body)
{
	struct http_ask ask = { .method = method,
				.body = body,
				.type = body != NULL ? "application/json"
						     : NULL };

	must(c != NULL && method != NULL && path != NULL);
	return call(c, &ask, path);
}

void cli_refused(struct cli *c)
{
	AUTO(buf_done) struct buf b = { 0 };

	must(c != NULL);
	if (c->json && c->answer != NULL)
		fprintf(stderr, "%s\n", c->body.p);
	buf_init(&b, 4096);
	const json_t *e = json_object_get(c->answer, "error");
	if (e == NULL) {
		buf_f(&b, "HTTP %ld", c->status);
	} else {
		buf_z(&b, text_of(e, "reason"));
		if (text_of(e, "field")[0] != '\0')
			buf_f(&b, " (%s)", text_of(e, "field"));
		if (text_of(e, "detail")[0] != '\0')
			buf_f(&b, "; %s", text_of(e, "detail"));
	}
	say_error(WORD_REFUSED, WORDS_LIST(b.p));
	if (c->status == 401 && c->key == NULL)
		say_error(WORD_NO_KEY, NULL, 0);
}

int cli_ask(struct cli *c, const char *method, const char *path,
	    const char *body)
{
	int rc = cli_call(c, method, path, body);

	if (rc != CLI_DONE)
		return rc;
	if (c->status >= 200 && c->status < 300)
		return CLI_DONE;
	cli_refused(c);
	return CLI_FAILED;
}

int cli_get(struct cli *c, const struct args *a, const char *path)
{
	AUTO(buf_done) struct buf full = { 0 };

	must(a != NULL && path != NULL);
	buf_init(&full, 65536);
	buf_z(&full, path);
	for (const struct option *o = a->options; o->name != NULL; o++) {
		const char *value = args_get(a, o->name);
		bool flag = value != NULL && o->value == NULL;

		path_query(&full, o->name, flag ? "true" : value);
	}
	return cli_ask(c, "GET", full.p, NULL);
}

int cli_ask_json(struct cli *c, const char *method, const char *path,
		 json_t *body)
{
	char *text = NULL;

	if (body != NULL) {
		text = json_dumps(body, JSON_COMPACT);
		json_decref(body);
		must(text != NULL);
	}
	int rc = cli_ask(c, method, path, text);

	free(text);
	return rc;
}

bool cli_json(struct cli *c)
{
	must(c != NULL);
	if (!c->json)
		return false;
	fwrite(c->body.p, 1, c->body.len, stdout);
	putchar('\n');
	return true;
}

/* ---- files --------------------------------------------------------------------*/

static void bar(void *owner, long long done, long long of)
{
	int *shown = owner;
	char line[41];

	if (of <= 0)
		return;
	int percent = (int)(done * 100 / of);
	if (percent == *shown)
		return;
	*shown = percent;
	memset(line, ' ', sizeof(line) - 1);
	memset(line, '#', (size_t)percent * 40 / 100);
	line[40] = '\0';
	fprintf(stderr, "\r[%s] %3d%%", line, percent);
	fflush(stderr);
}

int cli_upload(struct cli *c, const char *path, const char *type,
	       const char *file)
{
	struct stat st;
	int shown = -1;

	must(c != NULL && path != NULL && file != NULL);
	FILE *f = fopen(file, "re");
	if (f == NULL || fstat(fileno(f), &st) != 0) {
		say_error(WORD_CANNOT_READ, WORDS_LIST(file, strerror(errno)));
		if (f != NULL)
			fclose(f);
		return CLI_FAILED;
	}
	struct http_ask ask = { .method = "POST",
				.file = f,
				.size = S_ISREG(st.st_mode)
						? (long long)st.st_size
						: -1,
				.type = type,
				.progress = c->terminal ? bar : NULL,
				.owner = &shown };
	int rc = call(c, &ask, path);
	fclose(f);
	if (shown >= 0)
		fputc('\n', stderr);
	if (rc != CLI_DONE || (c->status >= 200 && c->status < 300))
		return rc;
	cli_refused(c);
	return CLI_FAILED;
}
