/* Commands by name from a table. */
#include "tools/smscsim/control.h"

#include <errno.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/stream.h"

#define CONTROL_LINE_MAX 65536
#define CONTROL_CALLERS_MAX 200

struct caller {
	struct list node;
	struct control *control;
	struct stream *stream;
	uint64_t id;
};

struct control {
	struct loop *loop;
	struct listener *listener;
	struct sim *sim;
	struct list callers;
	unsigned ncallers;
	uint64_t next;
};

static void caller_end(struct caller *c)
{
	list_remove(&c->node);
	c->control->ncallers--;
	stream_close(&c->stream);
	mem_free(c);
}

static void caller_say(struct caller *c, const char *line)
{
	IGNORE(stream_write(c->stream, line, strlen(line)));
	IGNORE(stream_write(c->stream, "\n", 1));
}

static void caller_result(struct caller *c, int rc, const struct err *err)
{
	char line[400];

	(void)snprintf(line, sizeof(line), "error %s", err->text);
	caller_say(c, rc < 0 ? line : "ok");
}

/* ---- the commands --------------------------------------------------------- */

static struct str word(struct str *rest)
{
	struct str head;

	*rest = str_trim(str_cut(str_trim(*rest), ' ', &head));
	return head;
}

static void do_set(struct caller *c, struct str args)
{
	struct err err;

	struct str name = word(&args);
	struct str value = word(&args);
	struct str for_word = word(&args);
	if (value.len == 0 || (for_word.len > 0 && !str_eqz(for_word, "for"))) {
		caller_say(c, "error write: set KNOB VALUE [for NUMBER]");
		return;
	}
	caller_result(c, sim_set(c->control->sim, name, value, args, &err),
		      &err);
}

/* [RATE [COUNT]] */
static int receipts_release(struct sim *sim, struct str args, struct err *err)
{
	uint64_t rate = 0, count = 0;

	struct str a = word(&args);
	struct str b = word(&args);
	if ((a.len > 0 && str_u64(a, 10000000, &rate) < 0) ||
	    (b.len > 0 && (str_u64(b, UINT32_MAX, &count) < 0 || count == 0)))
		return err_set(err, -EINVAL,
			       "write: receipts release [RATE [COUNT]]");
	sim_release_receipts(sim, (double)rate, count);
	return 0;
}

/* `receipts never SHARE` is `set receipts-never SHARE`. */
static void do_receipts(struct caller *c, struct str args)
{
	struct sim *sim = c->control->sim;
	struct err err;
	int rc = 0;

	struct str verb = word(&args);
	if (str_eqz(verb, "never"))
		rc = sim_set(sim, STR("receipts-never"), args, STR_NONE, &err);
	else if (str_eqz(verb, "hold"))
		sim_hold_receipts(sim);
	else if (str_eqz(verb, "release"))
		rc = receipts_release(sim, args, &err);
	else
		rc = err_set(&err, -EINVAL,
			     "write: receipts never SHARE|hold|release ...");
	caller_result(c, rc, &err);
}

static void mo_said(void *owner, uint64_t ticket, const char *line)
{
	struct control *c = owner;

	LIST_EACH (it, &c->callers) {
		struct caller *one = LIST_ITEM(it, struct caller, node);
		if (one->id == ticket) {
			caller_say(one, line);
			return;
		}
	}
}

/* "\n" and "\\" in a text. */
static void unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len) {
			i++;
			buf_c(out, s.p[i] == 'n' ? '\n' : s.p[i]);
		} else {
			buf_c(out, s.p[i]);
		}
	}
}

static void do_mo(struct caller *c, struct str args)
{
	struct mo_asker asker = { mo_said, c->control, c->id };
	struct buf text;

	struct str from = word(&args);
	struct str to = word(&args);
	if (to.len == 0 || args.len == 0 || from.len > 22 || to.len > 22) {
		caller_say(c, "error write: mo FROM TO TEXT");
		return;
	}
	buf_init(&text, CONTROL_LINE_MAX);
	unescape(args, &text);
	sim_mo(c->control->sim, from, to, buf_str(&text), &asker);
	buf_done(&text);
}

static void do_receipt(struct caller *c, struct str args)
{
	struct err err;
	struct str id = word(&args);

	caller_result(c, sim_receipt(c->control->sim, id, args, &err), &err);
}

static void do_drop(struct caller *c, struct str args UNUSED)
{
	sim_drop(c->control->sim);
	caller_say(c, "ok");
}

static void do_refuse(struct caller *c, struct str args)
{
	struct err err;

	if (!str_eqz(args, "on") && !str_eqz(args, "off"))
		caller_say(c, "error write: refuse on|off");
	else
		caller_result(c,
			      sim_refuse(c->control->sim, str_eqz(args, "on"),
					 &err),
			      &err);
}

static void caller_put(struct caller *c, struct buf *b)
{
	IGNORE(stream_write(c->stream, b->p, b->len));
	buf_done(b);
}

static void do_count(struct caller *c, struct str args UNUSED)
{
	struct buf b;

	buf_init(&b, CONTROL_LINE_MAX);
	sim_count(c->control->sim, &b);
	caller_put(c, &b);
}

/* list N [to NUMBER] */
static void do_list(struct caller *c, struct str args)
{
	struct buf b;
	uint64_t n = 20;
	struct str count = word(&args);

	if (count.len > 0 && str_u64(count, 1000000, &n) < 0) {
		caller_say(c, "error write: list N [to NUMBER]");
		return;
	}
	(void)word(&args);
	buf_init(&b, BUF_NO_LIMIT);
	sim_list(c->control->sim, (unsigned)n, args, &b);
	caller_put(c, &b);
}

static void do_clear(struct caller *c, struct str args UNUSED)
{
	sim_clear(c->control->sim);
	caller_say(c, "ok");
}

static void do_reset(struct caller *c, struct str args UNUSED)
{
	sim_reset(c->control->sim);
	caller_say(c, "ok");
}

static void do_quit(struct caller *c, struct str args UNUSED)
{
	caller_say(c, "ok");
	loop_stop(c->control->loop);
}

static void do_help(struct caller *c, struct str args);

static const struct {
	const char *name;
	void (*run)(struct caller *c, struct str args);
} commands[] = {
	{ "mo", do_mo },           { "set", do_set },
	{ "receipt", do_receipt }, { "receipts", do_receipts },
	{ "drop", do_drop },       { "refuse", do_refuse },
	{ "count", do_count },     { "list", do_list },
	{ "clear", do_clear },     { "reset", do_reset },
	{ "help", do_help },       { "quit", do_quit },
};

static void do_help(struct caller *c, struct str args UNUSED)
{
	struct buf b;

	buf_init(&b, CONTROL_LINE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		buf_f(&b, "%s%s", i == 0 ? "ok " : " ", commands[i].name);
	buf_c(&b, '\n');
	caller_put(c, &b);
}

static void caller_line(struct caller *c, struct str line)
{
	struct str rest = str_trim(line);

	if (rest.len == 0)
		return;
	struct str name = word(&rest);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (str_eqz(name, commands[i].name)) {
			commands[i].run(c, rest);
			return;
		}
	}
	caller_say(c, "error no such command; try help");
}

/* ---- connections ---------------------------------------------------------- */

static size_t caller_bytes(void *owner, struct str data)
{
	struct caller *c = owner;
	struct str rest = data;

	for (;;) {
		size_t end = str_find(rest, '\n');
		if (end == rest.len)
			return data.len - rest.len;
		caller_line(c, str_first(rest, end));
		rest = str_from(rest, end + 1);
	}
}

static void caller_down(void *owner, int rc UNUSED)
{
	caller_end(owner);
}

static const struct stream_events caller_events = { .bytes = caller_bytes,
						    .down = caller_down };

static void control_accept(void *owner, struct stream *s)
{
	struct control *control = owner;

	if (control->ncallers >= CONTROL_CALLERS_MAX)
		return;
	struct caller *c = mem_new(struct caller);
	c->control = control;
	c->stream = s;
	c->id = ++control->next;
	list_init(&c->node);
	list_append(&control->callers, &c->node);
	control->ncallers++;
	stream_adopt(s, &caller_events, c);
}

int control_port(const struct control *c)
{
	must(c != NULL);
	return listener_port(c->listener);
}

int control_open(struct control **out, struct loop *l, int port,
		 struct sim *sim, struct err *err)
{
	static const struct stream_cfg cfg = { .max_read = CONTROL_LINE_MAX,
					       .high_bytes = 1 << 20,
					       .low_bytes = 1 << 18 };
	char at[32];

	must(out != NULL && l != NULL && sim != NULL);
	AUTO(control_close) struct control *c = mem_new(struct control);
	c->loop = l;
	c->sim = sim;
	list_init(&c->callers);
	(void)snprintf(at, sizeof(at), "127.0.0.1:%d", port);
	int rc = listener_open(&c->listener, l, at, &cfg, control_accept, c,
			       err);
	if (rc == 0)
		*out = TAKE(c);
	return rc;
}

void control_close(struct control **cp)
{
	must(cp != NULL);
	struct control *c = TAKE(*cp);

	if (c == NULL)
		return;
	LIST_EACH_SAFE (it, &c->callers)
		caller_end(LIST_ITEM(it, struct caller, node));
	listener_close(&c->listener);
	mem_free(c);
}
