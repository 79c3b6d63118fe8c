/* State machines: the table decides, a move outside it ends the process. */
#include "base/fsm.h"

#include "base/log.h"

static const struct fsm_state *fsm_row(const struct fsm_run *r)
{
	must(r != NULL && r->fsm != NULL && r->state < r->fsm->count);
	return &r->fsm->states[r->state];
}

void fsm_init(struct fsm_run *r, const struct fsm *f, const char *id,
	      unsigned state)
{
	must(r != NULL && f != NULL && f->states != NULL && id != NULL);
	must(f->count <= 32 && state < f->count);
	*r = (struct fsm_run){ .fsm = f, .id = id, .state = state };
}

int fsm_allows(const struct fsm_run *r, unsigned event)
{
	must(event < 32);
	return (fsm_row(r)->events & BIT(event)) != 0;
}

void fsm_move(struct fsm_run *r, unsigned next)
{
	const struct fsm_state *from = fsm_row(r);

	must(next < r->fsm->count);
	if ((from->next & BIT(next)) == 0) {
		log_error("fsm.stuck", KV_S("machine", r->fsm->name),
			  KV_S("id", r->id), KV_S("from", from->name),
			  KV_S("to", r->fsm->states[next].name));
	}
	must((from->next & BIT(next)) != 0);
	r->state = next;
	log_debug("fsm.move", KV_S("machine", r->fsm->name), KV_S("id", r->id),
		  KV_S("from", from->name), KV_S("to", fsm_name(r)));
}

const char *fsm_name(const struct fsm_run *r)
{
	return fsm_row(r)->name;
}

uint32_t fsm_timeout_ms(const struct fsm_run *r)
{
	return fsm_row(r)->timeout_ms;
}
