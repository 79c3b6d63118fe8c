/* Users: their stored form, what they may be called, the table in memory. */
#include "console/users.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "console/passwords.h"
#include "proto/text.h"

struct users {
	struct users_cfg cfg;
	struct map *by_id;
	struct dict *by_name;
	struct user **v;
	size_t len, cap;
};

static const char *const states[USER_STATES] = { "active", "off", "gone" };

const char *user_state_name(enum user_state s)
{
	must((unsigned)s < USER_STATES);
	return states[s];
}

int user_state_parse(struct str s, enum user_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < USER_STATES; i++) {
		if (str_eqz(s, states[i])) {
			*out = (enum user_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

static bool name_letter(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return true;
	return !first && strchr("._-@", c) != NULL && c != '\0';
}

int user_name_check(struct str name, struct err *err)
{
	bool good = name.len >= 2 && name.len <= WHO_NAME_MAX;

	for (size_t i = 0; i < name.len && good; i++)
		good = name_letter(name.p[i], i == 0);
	return good ? 0
		    : err_set(err, -EINVAL,
			      "a name to log in with has 2 to %d of a-z 0-9 . _ "
			      "- @ and begins with a letter or a digit",
			      WHO_NAME_MAX);
}

static size_t letters_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static unsigned bytes_differing(struct str s)
{
	bool seen[256] = { false };
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool *one = &seen[(unsigned char)s.p[i]];
		n += !*one;
		*one = true;
	}
	return n;
}

int user_password_check(struct str password, struct str name, size_t shortest,
			struct err *err)
{
	if (letters_of(password) < shortest || password.len > PASSWORD_MAX)
		return err_set(
			err, -EINVAL,
			"a password has at least %zu letters and at most "
			"%d bytes; take a few words",
			shortest, PASSWORD_MAX);
	if (!text_utf8_ok(password) || !text_printable(password))
		return err_set(err, -EINVAL,
			       "a password is text without control letters");
	if (name.len > 0 &&
	    memmem(password.p, password.len, name.p, name.len) != NULL)
		return err_set(err, -EINVAL,
			       "a password does not hold the user's name");
	if (bytes_differing(password) < 5)
		return err_set(err, -EINVAL,
			       "a password is made of at least five different "
			       "letters");
	return 0;
}

int user_roles_check(uint32_t roles, struct err *err)
{
	if (roles == 0)
		return err_set(err, -EINVAL, "a user has at least one role");
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((roles & BIT(i)) != 0 && roles != BIT(i) &&
		    role_alone((enum role)i))
			return err_set(err, -EINVAL,
				       "the role %s stands alone: who has it "
				       "has no other",
				       role_name((enum role)i));
	}
	return 0;
}

/* ---- stored ---------------------------------------------------------------- */

void user_cells(const struct user *u, struct buf *roles,
		struct cell cells[USER_CELLS])
{
	must(u != NULL && roles != NULL && cells != NULL);
	buf_reset(roles);
	who_roles_put(roles, u->who.roles);
	cells[0] = CELL_I(u->who.id);
	cells[1] = CELL_Z(u->who.tenant);
	cells[2] = CELL_Z(u->who.name);
	cells[3] = CELL_Z(u->title);
	cells[4] = CELL_Z(u->lang);
	cells[5] = CELL_Z(u->who.branch);
	cells[6] = CELL_T(buf_str(roles));
	cells[7] = CELL_Z(u->password);
	cells[8] = CELL_Z(user_state_name(u->state));
	cells[9] = CELL_I(u->must_change);
	cells[10] = CELL_I(u->created_ms);
	cells[11] = CELL_I(u->updated_ms);
	cells[12] = CELL_I(u->password_ms);
}

int user_from_row(const struct row *r, struct user *u)
{
	struct user got = { .who.kind = WHO_USER };
	struct who *w = &got.who;

	must(r != NULL && u != NULL);
	if (str_copy(w->tenant, sizeof(w->tenant), row_s(r, 1)) != 0 ||
	    str_copy(w->name, sizeof(w->name), row_s(r, 2)) != 0 ||
	    str_copy(got.title, sizeof(got.title), row_s(r, 3)) != 0 ||
	    str_copy(got.lang, sizeof(got.lang), row_s(r, 4)) != 0 ||
	    str_copy(w->branch, sizeof(w->branch), row_s(r, 5)) != 0 ||
	    who_roles_parse(row_s(r, 6), &w->roles) != 0 || w->roles == 0 ||
	    str_copy(got.password, sizeof(got.password), row_s(r, 7)) != 0 ||
	    user_state_parse(row_s(r, 8), &got.state) != 0)
		return -EBADMSG;
	w->id = (uint64_t)row_i(r, 0);
	who_settle(w);
	got.must_change = row_i(r, 9) != 0;
	got.created_ms = row_i(r, 10);
	got.updated_ms = row_i(r, 11);
	got.password_ms = row_i(r, 12);
	*u = got;
	return 0;
}

/* ---- the table ------------------------------------------------------------ */

struct users *users_new(const struct users_cfg *cfg)
{
	must(cfg != NULL);
	struct users *us = mem_new(struct users);
	us->cfg = *cfg;
	us->by_id = map_new();
	us->by_name = dict_new();
	return us;
}

void users_free(struct users **up)
{
	must(up != NULL);
	struct users *us = TAKE(*up);
	if (us == NULL)
		return;
	for (size_t i = 0; i < us->len; i++)
		mem_free(us->v[i]);
	mem_free(us->v);
	map_free(&us->by_id);
	dict_free(&us->by_name);
	secret_wipe(&us->cfg, sizeof(us->cfg));
	mem_free(us);
}

size_t users_len(const struct users *us)
{
	must(us != NULL);
	return us->len;
}

int users_put(struct users *us, const struct user *u, uint64_t now_us)
{
	must(us != NULL && u != NULL && u->who.id != 0);
	struct user *mine = users_by_id(us, u->who.id);
	struct user *named = users_by_name(us, str_of(u->who.name));

	if (named != NULL && named != mine)
		return -EEXIST;
	if (mine == NULL && us->len >= us->cfg.max)
		return -ENOSPC;
	if (mine == NULL) {
		if (us->len == us->cap) {
			us->cap = MAX(16, us->cap * 2);
			us->v = mem_resize(us->v, us->cap * sizeof(*us->v));
		}
		mine = mem_dup(u, sizeof(*u));
		limit_init(&mine->limit, us->cfg.rate, us->cfg.burst, now_us);
		us->v[us->len++] = mine;
		map_set_ptr(us->by_id, mine->who.id, mine);
		dict_set(us->by_name, str_of(mine->who.name), mine);
	} else {
		/* A name never changes. */
		must(named == mine);
		struct limit kept = mine->limit;
		*mine = *u;
		mine->limit = kept;
	}
	who_know(&mine->who, us->cfg.pseudonym_key);
	return 0;
}

void users_drop(struct users *us, uint64_t id)
{
	must(us != NULL);
	size_t i = 0;

	while (i < us->len && us->v[i]->who.id != id)
		i++;
	if (i == us->len)
		return;
	map_del(us->by_id, id, NULL);
	dict_del(us->by_name, str_of(us->v[i]->who.name));
	mem_free(us->v[i]);
	us->len--;
	memmove(us->v + i, us->v + i + 1, (us->len - i) * sizeof(*us->v));
}

struct user *users_by_id(const struct users *us, uint64_t id)
{
	must(us != NULL);
	return map_ptr(us->by_id, id);
}

struct user *users_by_name(const struct users *us, struct str name)
{
	must(us != NULL);
	return dict_get(us->by_name, name);
}

struct user *users_at(const struct users *us, size_t i)
{
	must(us != NULL);
	return i < us->len ? us->v[i] : NULL;
}
