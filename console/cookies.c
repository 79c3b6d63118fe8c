/* Cookies: read, made, signed. */
#include "console/cookies.h"

#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/keys.h"

#define KNOWN_MS ((int64_t)180 * 86400 * 1000)
#define NONCE_HEX 32
#define MAC_HEX 64

enum { COOKIE_SESSION, COOKIE_KNOWN };

/* The browser takes "__Host-" only with Secure, from us, for all paths. */
static const char *const plain[] = { "carillon", "carillon-known" };
static const char *const secure[] = { "__Host-carillon",
				      "__Host-carillon-known" };

static bool is_secure(const struct console *c)
{
	return c->http->tls_cert[0] != '\0' || c->login->cookie_secure;
}

static const char *cookie_name(const struct console *c, unsigned which)
{
	return is_secure(c) ? secure[which] : plain[which];
}

static struct str cookie_get(struct request *r, unsigned which)
{
	must(r != NULL);
	if (r->mhd == NULL)
		return STR_NONE;
	return str_of(MHD_lookup_connection_value(r->mhd, MHD_COOKIE_KIND,
						  cookie_name(r->c, which)));
}

static void cookie_set(struct request *r, unsigned which, const char *value,
		       int64_t ms)
{
	struct buf b;

	must(which < ARRAY_LEN(r->cookies));
	buf_init(&b, 512);
	buf_f(&b, "%s=%s; Max-Age=%lld; Path=/; HttpOnly; SameSite=Strict%s",
	      cookie_name(r->c, which), value, (long long)(ms / 1000),
	      is_secure(r->c) ? "; Secure" : "");
	must(!b.full);
	mem_free(r->cookies[which]);
	r->cookies[which] = buf_take(&b);
	buf_done(&b);
}

struct str cookie_session(struct request *r)
{
	return cookie_get(r, COOKIE_SESSION);
}

void cookie_session_set(struct request *r, const char *token, int64_t ms)
{
	must(r != NULL && token != NULL);
	cookie_set(r, COOKIE_SESSION, token, ms);
}

void cookie_session_clear(struct request *r)
{
	must(r != NULL);
	cookie_set(r, COOKIE_SESSION, "", 0);
}

/* ---- browsers that are known -------------------------------------------------- */

/* Hex of the keyed hash of two texts: `use` keeps uses apart. */
static void sign(const struct console *c, const char *use, struct str text,
		 struct buf *hex)
{
	AUTO(buf_done) struct buf both = { 0 };
	uint8_t mac[32];

	buf_init(&both, BUF_NO_LIMIT);
	buf_lstr(&both, str_of(use));
	buf_str_put(&both, text);
	secret_keyed(str_bytes(keys_pepper(c->keys), KEY_PEPPER),
		     buf_str(&both), mac);
	secret_hex(mac, sizeof(mac), hex);
	secret_wipe(both.p, both.len);
}

uint64_t cookie_known(struct request *r, uint64_t user)
{
	struct str value = cookie_get(r, COOKIE_KNOWN);
	AUTO(buf_done) struct buf mac = { 0 };
	size_t signed_len = ID_TEXT - 1 + 1 + NONCE_HEX;
	char id[ID_TEXT];

	id_text(user, id);
	if (value.len != signed_len + 1 + MAC_HEX ||
	    !str_starts(value, str_of(id)))
		return 0;
	buf_init(&mac, MAC_HEX);
	sign(r->c, "known", str_first(value, signed_len), &mac);
	if (!secret_eq(str_from(value, signed_len + 1), buf_str(&mac)))
		return 0;
	uint64_t key = str_hash(value);
	return key != 0 ? key : 1;
}

void cookie_known_set(struct request *r, uint64_t user)
{
	uint8_t nonce[NONCE_HEX / 2];
	AUTO(buf_done) struct buf b = { 0 };
	char id[ID_TEXT];

	must(r != NULL);
	secret_random(nonce, sizeof(nonce));
	buf_init(&b, 256);
	id_text(user, id);
	buf_z(&b, id);
	buf_c(&b, '.');
	secret_hex(nonce, sizeof(nonce), &b);
	struct str text = buf_str(&b);
	AUTO(buf_done) struct buf mac = { 0 };
	buf_init(&mac, MAC_HEX);
	sign(r->c, "known", text, &mac);
	buf_c(&b, '.');
	buf_str_put(&b, buf_str(&mac));
	cookie_set(r, COOKIE_KNOWN, b.p, KNOWN_MS);
}

/* ---- other sites ---------------------------------------------------------------- */

void csrf_text(const struct console *c, struct str token,
	       char out[CSRF_HEX + 1])
{
	AUTO(buf_done) struct buf hex = { 0 };

	must(c != NULL && out != NULL);
	buf_init(&hex, MAC_HEX);
	sign(c, "csrf", token, &hex);
	must(str_copy(out, CSRF_HEX + 1, str_first(buf_str(&hex), CSRF_HEX)) ==
	     0);
}

bool csrf_check(struct request *r, struct str token)
{
	struct str site = request_header(r, "Sec-Fetch-Site");
	char want[CSRF_HEX + 1];

	if (site.len > 0 && !str_eqz(site, "same-origin") &&
	    !str_eqz(site, "none")) {
		reply_error(r, 403, "other_site", NULL,
			    "another site made the browser ask this; open the "
			    "console itself");
		return false;
	}
	if (strcmp(r->route->method, "GET") == 0)
		return true;
	csrf_text(r->c, token, want);
	if (secret_eq(request_header(r, "X-Carillon-Csrf"), str_of(want)))
		return true;
	reply_error(r, 403, "csrf", NULL,
		    "with a cookie a write needs the header X-Carillon-Csrf; "
		    "GET /v1/me says what it holds");
	return false;
}
