/* Rules about the message itself, as the packs of the place have them. */
#include "gateway/question.h"

#include <string.h>

/* Packs speak of promotion; what bypasses the rules is none. */
static bool promotes(const struct question *q)
{
	return q->rules->nature == CLASS_PROMOTIONAL && !q->rules->cfg.bypass;
}

/* The first pack of the place that `asks`. */
static const struct pack *who(const struct question *q,
			      bool (*asks)(const struct pack_cfg *cfg))
{
	for (unsigned i = 0; i < q->place->npacks; i++) {
		if (asks(&q->place->packs[i]->cfg))
			return q->place->packs[i];
	}
	return NULL;
}

static bool contains(struct str text, const char *part)
{
	return memmem(text.p, text.len, part, strlen(part)) != NULL;
}

static bool has_any(struct str text, const struct setting_list *parts)
{
	for (size_t i = 0; i < parts->len; i++) {
		if (contains(text, parts->v[i]))
			return true;
	}
	return false;
}

static bool asks_sender(const struct pack_cfg *cfg)
{
	return cfg->sender != PACK_SENDER_ANY;
}

static bool is_number(struct str from)
{
	size_t at = from.len > 0 && from.p[0] == '+' ? 1 : 0;

	for (size_t i = at; i < from.len; i++) {
		if (from.p[i] < '0' || from.p[i] > '9')
			return false;
	}
	return true;
}

/* India: "VM-DEMOCO-P" says in its last letter what it carries. */
static bool has_suffix(struct str from, enum class_nature nature)
{
	static const char letters[CLASS_NATURES] = {
		[CLASS_TRANSACTIONAL] = 'T',
		[CLASS_SERVICE] = 'S',
		[CLASS_PROMOTIONAL] = 'P',
	};

	return from.len > 2 && from.p[from.len - 2] == '-' &&
	       from.p[from.len - 1] == letters[nature];
}

bool rule_sender(struct question *q)
{
	const struct pack *by = who(q, asks_sender);
	bool good = true;

	if (by == NULL || q->rules->cfg.bypass)
		return false;
	switch ((enum pack_sender)by->cfg.sender) {
	case PACK_SENDER_ANY:
		break;
	case PACK_SENDER_DIGITS:
		good = is_number(q->m->from);
		break;
	case PACK_SENDER_SUFFIX:
		good = has_suffix(q->m->from, q->rules->nature);
		break;
	}
	return good ? false : question_deny(q, PERMIT_SENDER, by);
}

static bool asks_stop_text(const struct pack_cfg *cfg)
{
	return cfg->stop_text.len > 0;
}

/* A text that is not there any more went through here before. */
bool rule_stop_text(struct question *q)
{
	const struct pack *by = promotes(q) ? who(q, asks_stop_text) : NULL;

	if (by == NULL || q->m->text.len == 0 ||
	    has_any(q->m->text, &by->cfg.stop_text))
		return false;
	return question_deny(q, PERMIT_NO_STOP_TEXT, by);
}

static bool asks_signature(const struct pack_cfg *cfg)
{
	return cfg->signature;
}

/* 【name】 at one end, with something in it. */
static bool is_signed(struct str text)
{
	struct str open = STR("【"), close = STR("】");
	struct str t = str_trim(text);
	const char *end, *begin = t.p;

	if (str_starts(t, open)) {
		end = memmem(t.p, t.len, close.p, close.len);
		return end != NULL && end > t.p + open.len;
	}
	if (t.len < open.len + close.len ||
	    memcmp(t.p + t.len - close.len, close.p, close.len) != 0)
		return false;
	begin = memmem(t.p, t.len, open.p, open.len);
	return begin != NULL && begin + open.len < t.p + t.len - close.len;
}

bool rule_signature(struct question *q)
{
	const struct pack *by = promotes(q) ? who(q, asks_signature) : NULL;

	if (by == NULL || q->m->text.len == 0 || is_signed(q->m->text))
		return false;
	return question_deny(q, PERMIT_NO_SIGNATURE, by);
}

static bool asks_metadata(const struct pack_cfg *cfg)
{
	return cfg->metadata.len > 0;
}

/* "name": with a value behind it; the text is JSON already. */
static bool has_member(struct str json, const char *name)
{
	size_t len = strlen(name);
	const char *at = json.p, *end = json.p + json.len;

	while ((at = memmem(at, (size_t)(end - at), name, len)) != NULL) {
		const char *after = at + len;

		if (at > json.p && at[-1] == '"' && after < end &&
		    after[0] == '"')
			return after + 2 < end && after[1] == ':' &&
			       !(after[2] == '"' && after[3] == '"');
		at = after;
	}
	return false;
}

bool rule_registration(struct question *q)
{
	const struct pack *by = who(q, asks_metadata);

	if (by == NULL || q->rules->cfg.bypass)
		return false;
	for (size_t i = 0; i < by->cfg.metadata.len; i++) {
		if (has_member(q->m->metadata, by->cfg.metadata.v[i]))
			continue;
		question_note(q, by, "%s", by->cfg.metadata.v[i]);
		return question_deny(q, PERMIT_NOT_REGISTERED, by);
	}
	return false;
}
