/* Passwords hashed off the loop, so many at once. */
#include "console/passwords.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

struct passwords {
	struct loop *loop;
	struct secret_work work;
	struct list waiting;
	size_t nwaiting, queue, running, parallel;
	bool closed;
};

struct password_job {
	struct list node;
	struct passwords *passwords;
	struct password_ask ask;
	bool known;
	char against[SECRET_HASH_MAX];
	char given[PASSWORD_MAX], fresh[PASSWORD_MAX];
	struct password_answer answer;
	char hash[SECRET_HASH_MAX];
};

struct passwords *passwords_new(struct loop *loop, const struct login_cfg *cfg)
{
	must(loop != NULL && cfg != NULL);
	struct passwords *p = mem_new(struct passwords);
	p->loop = loop;
	p->work.passes = (uint64_t)cfg->password_passes;
	p->work.memory_bytes = (size_t)cfg->password_memory;
	p->parallel = (size_t)cfg->password_parallel;
	p->queue = (size_t)cfg->password_queue;
	list_init(&p->waiting);
	return p;
}

static void job_end(struct password_job *j)
{
	j->answer.hash = j->hash;
	j->ask.done(j->ask.owner, &j->answer);
	secret_wipe(j->given, sizeof(j->given));
	secret_wipe(j->fresh, sizeof(j->fresh));
	mem_free(j);
}

void passwords_free(struct passwords **pp)
{
	must(pp != NULL);
	struct passwords *p = TAKE(*pp);
	if (p == NULL)
		return;
	LIST_EACH_SAFE (it, &p->waiting) {
		struct password_job *j =
			LIST_ITEM(it, struct password_job, node);
		list_remove(it);
		j->answer.rc = -EAGAIN;
		job_end(j);
	}
	p->closed = true;
	if (p->running == 0)
		mem_free(p);
}

/* In the pool; touches the job alone. */
static void job_work(void *owner)
{
	struct password_job *j = owner;
	const struct secret_work *w = &j->passwords->work;
	struct str given = j->ask.given, fresh = j->ask.fresh;

	if (given.len > 0 && !j->known) {
		/* No such user: the same work, and no. */
		j->answer.rc = secret_password_hash_at(given, w, j->hash);
		j->hash[0] = '\0';
		return;
	}
	j->answer.right =
		given.len == 0 || secret_password_ok(j->against, given);
	if (!j->answer.right)
		return;
	if (fresh.len == 0 && secret_password_stale(j->against, w))
		fresh = given;
	if (fresh.len > 0)
		j->answer.rc = secret_password_hash_at(fresh, w, j->hash);
}

static void jobs_start(struct passwords *p);

static void job_done(void *owner)
{
	struct password_job *j = owner;
	struct passwords *p = j->passwords;

	must(p->running > 0);
	p->running--;
	if (p->closed) {
		j->answer.rc = -EAGAIN;
		if (p->running == 0)
			mem_free(p);
		job_end(j);
		return;
	}
	jobs_start(p);
	job_end(j);
}

static void jobs_start(struct passwords *p)
{
	while (p->running < p->parallel && !list_empty(&p->waiting)) {
		struct password_job *j =
			LIST_ITEM(p->waiting.next, struct password_job, node);
		list_remove(&j->node);
		p->nwaiting--;
		p->running++;
		loop_work(p->loop, job_work, job_done, j);
	}
}

static struct str keep(char at[PASSWORD_MAX], struct str s)
{
	must(s.len <= PASSWORD_MAX);
	if (s.len > 0)
		memcpy(at, s.p, s.len);
	return str_bytes(at, s.len);
}

int passwords_ask(struct passwords *p, const struct password_ask *a)
{
	must(p != NULL && a != NULL && a->done != NULL);
	if (p->nwaiting >= p->queue)
		return -EAGAIN;
	struct password_job *j = mem_new(struct password_job);
	j->passwords = p;
	j->ask = *a;
	j->known = a->against != NULL;
	if (j->known)
		must(str_copy(j->against, sizeof(j->against),
			      str_of(a->against)) == 0);
	j->ask.given = keep(j->given, a->given);
	j->ask.fresh = keep(j->fresh, a->fresh);
	list_init(&j->node);
	list_append(&p->waiting, &j->node);
	p->nwaiting++;
	jobs_start(p);
	return 0;
}
