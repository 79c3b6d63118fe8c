/* The parts of a URL that a connection needs. */
#include "channels/http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>

#include "base/mem.h"
#include "base/str.h"

enum { URL_MAX = 2048 };

static void url_close(CURLU **up)
{
	curl_url_cleanup(*up);
}

static char *url_part(CURLU *u, CURLUPart part)
{
	char *p = NULL, *copy;

	if (curl_url_get(u, part, &p, 0) != CURLUE_OK)
		return NULL;
	copy = str_dup(p);
	curl_free(p);
	return copy;
}

static bool url_has(CURLU *u, CURLUPart part)
{
	AUTO(mem_clear) char *p = url_part(u, part);

	return p != NULL;
}

/* "[::1]" without its brackets. */
static char *url_host(CURLU *u)
{
	AUTO(mem_clear) char *p = url_part(u, CURLUPART_HOST);
	struct str s = str_of(p);

	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = str_first(str_from(s, 1), s.len - 2);
	return s.len > 0 ? str_z(s) : NULL;
}

static int url_fill(CURLU *u, int port, struct http_url *out)
{
	AUTO(mem_clear) char *number = url_part(u, CURLUPART_PORT);
	uint64_t v = (uint64_t)port;
	uint8_t addr[16];

	if (number != NULL && str_u64(str_of(number), 65535, &v) != 0)
		return -EINVAL;
	char *host = url_host(u);
	if (host == NULL || v == 0) {
		mem_free(host);
		return -EINVAL;
	}
	out->host = host;
	out->port = (int)v;
	out->is_number = inet_pton(AF_INET, host, addr) == 1 ||
			 inet_pton(AF_INET6, host, addr) == 1;
	return 0;
}

int http_url_parse(const char *url, struct http_url *out, struct err *err)
{
	must(url != NULL && out != NULL);
	if (strlen(url) > URL_MAX)
		return err_set(err, -EINVAL, "the URL is longer than %d",
			       URL_MAX);
	AUTO(url_close) CURLU *u = curl_url();
	must(u != NULL);
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) !=
	    CURLUE_OK)
		return err_set(err, -EINVAL, "this is not a URL");
	AUTO(mem_clear) char *scheme = url_part(u, CURLUPART_SCHEME);
	out->tls = scheme != NULL && strcmp(scheme, "https") == 0;
	if (!out->tls && (scheme == NULL || strcmp(scheme, "http") != 0))
		return err_set(err, -EINVAL,
			       "the URL must begin with http:// or https://");
	if (url_has(u, CURLUPART_USER) || url_has(u, CURLUPART_PASSWORD))
		return err_set(err, -EINVAL,
			       "the URL must not hold a user or password");
	if (url_fill(u, out->tls ? 443 : 80, out) != 0)
		return err_set(err, -EINVAL,
			       "the URL has no host, or a bad port");
	return 0;
}

void http_url_done(struct http_url *u)
{
	must(u != NULL);
	mem_free(u->host);
	u->host = NULL;
}
