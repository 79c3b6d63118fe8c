/* Knobs by destination, and shares without dice. */
#include "tools/smscsim/rules.h"

#include <errno.h>

#include "base/limit.h"
#include "base/map.h"
#include "base/mem.h"
#include "proto/smpp_status.h"

#define RULES_NUMBERS_MAX 10000

struct rule {
	struct knobs knobs;
	uint32_t own;
};

enum share { SHARE_CUT, SHARE_SILENT, SHARE_ERROR, SHARE_NEVER, SHARES };

struct rules {
	struct knobs start, knobs;
	struct dict *numbers; /* "447700900001" -> struct rule */
	struct limit throttle;
	double gathered[SHARES];
};

static void rules_throttle(struct rules *r, uint64_t now_us)
{
	double rate = r->knobs.throttle;
	double burst = (double)r->knobs.throttle_burst;

	limit_init(&r->throttle, rate, burst > 0 ? burst : MAX(rate, 1),
		   now_us);
}

struct rules *rules_new(const struct knobs *k, uint64_t now_us)
{
	must(k != NULL);
	struct rules *r = mem_new(struct rules);

	r->start = r->knobs = *k;
	r->numbers = dict_new();
	rules_throttle(r, now_us);
	return r;
}

static void rules_forget(struct rules *r)
{
	struct str key;
	void *rule;
	size_t at = 0;

	while (dict_next(r->numbers, &at, &key, &rule))
		mem_free(rule);
	dict_free(&r->numbers);
}

void rules_free(struct rules **rp)
{
	must(rp != NULL);
	if (*rp == NULL)
		return;
	rules_forget(*rp);
	mem_free(*rp);
	*rp = NULL;
}

const struct knobs *rules_knobs(const struct rules *r)
{
	must(r != NULL);
	return &r->knobs;
}

void rules_reset(struct rules *r, uint64_t now_us)
{
	must(r != NULL);
	rules_forget(r);
	r->numbers = dict_new();
	r->knobs = r->start;
	memset(r->gathered, 0, sizeof(r->gathered));
	rules_throttle(r, now_us);
}

/* With and without '+' is the same destination. */
static struct str rules_key(struct str number)
{
	return str_starts(number, STR("+")) ? str_from(number, 1) : number;
}

static int rules_set_number(struct rules *r, struct str name, struct str value,
			    struct str number, struct err *err)
{
	struct rule *rule = dict_get(r->numbers, rules_key(number));

	if (rule == NULL && dict_len(r->numbers) >= RULES_NUMBERS_MAX)
		return err_set(err, -ENOSPC, "there are %u numbers already",
			       RULES_NUMBERS_MAX);
	struct rule next = { .knobs = r->knobs };
	if (rule != NULL)
		next = *rule;
	int rc = knobs_set_own(&next.knobs, &next.own, name, value, err);
	if (rc < 0)
		return rc;
	if (rule == NULL) {
		rule = mem_new(struct rule);
		(void)dict_set(r->numbers, rules_key(number), rule);
	}
	*rule = next;
	return 0;
}

int rules_set(struct rules *r, struct str name, struct str value,
	      struct str number, uint64_t now_us, struct err *err)
{
	must(r != NULL);
	if (number.len > 0)
		return rules_set_number(r, name, value, number, err);
	int rc = knobs_set(&r->knobs, name, value, err);
	if (rc == 0 && str_starts(name, STR("throttle")))
		rules_throttle(r, now_us);
	return rc;
}

static bool rules_share(struct rules *r, enum share which, double share)
{
	r->gathered[which] += share;
	if (share <= 0 || r->gathered[which] < 1 - 1e-9)
		return false;
	r->gathered[which] -= 1;
	return true;
}

void rules_judge(struct rules *r, struct str to, uint64_t now_us,
		 struct fate *out)
{
	must(r != NULL && out != NULL);
	*out = (struct fate){ .knobs = r->knobs };
	struct knobs *k = &out->knobs;

	if (dict_len(r->numbers) > 0) {
		const struct rule *rule = dict_get(r->numbers, rules_key(to));
		if (rule != NULL)
			knobs_lay(k, &rule->knobs, rule->own);
	}
	out->cut = rules_share(r, SHARE_CUT, k->drop_rate);
	out->throttled = !limit_take(&r->throttle, 1, now_us);
	if (out->throttled)
		out->status = SMPP_RTHROTTLED;
	else if (to.len == 0)
		out->status = SMPP_RINVDSTADR;
	else if (k->error.status != 0 &&
		 rules_share(r, SHARE_ERROR, k->error.share))
		out->status = k->error.status;
	out->silent = rules_share(r, SHARE_SILENT, k->no_response);
	out->receipt = out->status == 0 && k->dlr != DLR_NONE &&
		       !rules_share(r, SHARE_NEVER, k->dlr_never);
}
