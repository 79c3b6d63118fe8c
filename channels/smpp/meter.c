/* Registers the figures of one link. */
#include "channels/smpp/meter.h"

#include "base/buf.h"

enum { LINES_A_MINUTE = 10 };

void smpp_meter_init(struct smpp_meter *m, const char *link,
		     const struct clock_ops *clock)
{
	must(m != NULL && link != NULL && clock != NULL);
	struct buf label;

	m->clock = clock;
	limit_init(&m->lines, LINES_A_MINUTE / 60.0, LINES_A_MINUTE,
		   clock_mono_us(clock));
	buf_init(&label, 1024);
	buf_f(&label, "link=\"%s\"", link);
#define COUNTER(field, name, help) \
	m->field = stats_get(STAT_COUNTER, "smpp_" name, help, label.p)
#define GAUGE(field, name, help) \
	m->field = stats_get(STAT_GAUGE, "smpp_" name, help, label.p)
	COUNTER(pdus_in, "pdus_in_total", "PDUs read.");
	COUNTER(pdus_out, "pdus_out_total", "PDUs written.");
	COUNTER(malformed, "malformed_total", "PDUs that could not be read.");
	COUNTER(submits, "submit_sm_total", "submit_sm written.");
	COUNTER(late, "late_responses_total",
		"Responses to nothing that was awaited.");
	COUNTER(receipts, "receipts_total", "Delivery receipts read.");
	COUNTER(receipts_bad, "receipts_unreadable_total",
		"Delivery receipts without an id, acknowledged and dropped.");
	COUNTER(inbound, "inbound_total", "Messages of customers passed on.");
	COUNTER(put_off, "inbound_put_off_total",
		"deliver_sm that the SMSC was told to send again.");
	COUNTER(reconnects, "reconnects_total", "Connections lost or refused.");
	COUNTER(outbinds_refused, "outbinds_refused_total",
		"Connections to outbind_listen that were refused.");
	GAUGE(binds, "binds_up", "Binds that are up.");
	GAUGE(window, "window_used", "Submits without an answer.");
	m->response =
		stats_get(STAT_HISTOGRAM, "smpp_response_seconds",
			  "Time from submit_sm to its response.", label.p);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		buf_reset(&label);
		buf_f(&label, "link=\"%s\",outcome=\"%s\"", link,
		      outcome_name((enum outcome_class)i));
		COUNTER(answers[i], "submit_sm_resp_total",
			"Ends of submit_sm, by outcome.");
	}
#undef COUNTER
#undef GAUGE
	buf_done(&label);
}

bool smpp_meter_may_log(struct smpp_meter *m)
{
	must(m != NULL);
	return limit_take(&m->lines, 1, clock_mono_us(m->clock));
}
