/* HTTP calls by libcurl easy. */
#include "cli/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

struct http {
	CURL *curl;
	char *ca;
	char why[CURL_ERROR_SIZE];
};

struct http *http_new(const char *ca)
{
	must(curl_global_init(CURL_GLOBAL_DEFAULT) == 0);
	struct http *h = mem_new(struct http);
	h->curl = curl_easy_init();
	h->ca = str_dup(ca);
	must(h->curl != NULL);
	return h;
}

void http_free(struct http **hp)
{
	must(hp != NULL);
	if (*hp == NULL)
		return;
	curl_easy_cleanup((*hp)->curl);
	mem_free((*hp)->ca);
	mem_free(*hp);
	*hp = NULL;
	curl_global_cleanup();
}

static size_t on_body(char *p, size_t size, size_t n, void *owner)
{
	struct buf *b = owner;

	buf_put(b, p, size * n);
	return b->full ? 0 : size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *owner)
{
	struct http_answer *out = owner;
	struct str name;
	struct str value = str_cut(str_bytes(p, size * n), ':', &name);

	if (str_ieqz(name, "X-Next"))
		IGNORE(str_copy(out->next, sizeof(out->next), str_trim(value)));
	return size * n;
}

static size_t on_read(char *p, size_t size, size_t n, void *owner)
{
	return fread(p, 1, size * n, owner);
}

static int on_progress(void *owner, curl_off_t dltotal, curl_off_t dlnow,
		       curl_off_t ultotal, curl_off_t ulnow)
{
	const struct http_ask *ask = owner;

	(void)dltotal;
	(void)dlnow;
	ask->progress(ask->owner, ulnow, ultotal);
	return 0;
}

static struct curl_slist *headers_of(const struct http_ask *ask)
{
	AUTO(buf_done) struct buf line = { 0 };
	struct curl_slist *list = NULL;

	buf_init(&line, 4096);
	list = curl_slist_append(list, "Expect:");
	if (ask->key != NULL) {
		buf_f(&line, "Authorization: Bearer %s", ask->key);
		list = curl_slist_append(list, line.p);
	}
	if (ask->type != NULL) {
		buf_reset(&line);
		buf_f(&line, "Content-Type: %s", ask->type);
		list = curl_slist_append(list, line.p);
	}
	if (ask->match != NULL) {
		buf_reset(&line);
		buf_f(&line, "If-Match: %s", ask->match);
		list = curl_slist_append(list, line.p);
	}
	return list;
}

static void set_body(struct http *h, const struct http_ask *ask)
{
	CURL *c = h->curl;

	if (ask->file != NULL) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, ask->file);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)ask->size);
		curl_easy_setopt(c, CURLOPT_TIMEOUT, 0L);
		if (ask->progress != NULL) {
			curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
			curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION,
					 on_progress);
			curl_easy_setopt(c, CURLOPT_XFERINFODATA, ask);
		}
		return;
	}
	if (ask->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(ask->body));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->body);
	}
}

int http_call(struct http *h, const struct http_ask *ask,
	      struct http_answer *out, const char **why)
{
	must(h != NULL && ask != NULL && out != NULL && why != NULL);
	CURL *c = h->curl;
	struct curl_slist *headers = headers_of(ask);

	curl_easy_reset(c);
	h->why[0] = '\0';
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->why);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_URL, ask->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "carillon");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out->body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, out);
	if (h->ca != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
	set_body(h, ask);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, ask->method);
	CURLcode rc = curl_easy_perform(c);
	curl_slist_free_all(headers);
	if (rc != CURLE_OK) {
		*why = h->why[0] != '\0' ? h->why : curl_easy_strerror(rc);
		return -EIO;
	}
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
	return 0;
}
