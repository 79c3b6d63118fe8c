/* A month and the one before it, small enough to add up by hand. */
#pragma once

#include <stdint.h>

/* name branch department tier channel class detail n sum */
struct measured {
	const char *name, *branch, *department, *tier, *channel, *class_name,
		*detail;
	int64_t n, sum;
};

static const struct measured now[] = {
	/* north: 80 + 10 of 100 accepted; south: 40 */
	{ "message.all", "north", "care", "vip", "sms", "reminder", "", 80,
	  100 },
	{ "message.all", "north", "care", "", "mqtt", "service", "", 10, 10 },
	{ "message.all", "south", "", "vip", "sms", "marketing", "", 40, 40 },
	{ "message.delivered", "north", "care", "vip", "sms", "reminder", "",
	  72, 0 },
	{ "message.undelivered", "north", "care", "vip", "sms", "reminder", "",
	  8, 0 },
	{ "message.delivered", "south", "", "vip", "sms", "marketing", "", 18,
	  0 },
	{ "message.expired", "south", "", "vip", "sms", "marketing", "", 1, 0 },
	{ "message.rejected", "south", "", "vip", "sms", "marketing", "0x0b", 1,
	  0 },
	{ "message.unknown", "south", "", "vip", "sms", "marketing", "", 2, 0 },
	{ "message.suppressed", "south", "", "vip", "sms", "marketing",
	  "no_consent", 15, 0 },
	{ "message.suppressed", "south", "", "vip", "sms", "marketing",
	  "quiet_hours", 3, 0 },
	/* 60 within 10 s, 6 within a minute, 6 later: 66 of 72 in time */
	{ "message.took", "north", "care", "vip", "sms", "reminder", "10000",
	  60, 240000 },
	{ "message.took", "north", "care", "vip", "sms", "reminder", "60000", 6,
	  240000 },
	{ "message.took", "north", "care", "vip", "sms", "reminder", "more", 6,
	  900000000 },
	{ "message.took", "south", "", "vip", "sms", "marketing", "1000", 18,
	  9000 },
	/* 95 of 100 within 200 ms; up for 3,000 of 3,600 s; 30 of 600 parts */
	{ "link.answer", "", "", "", "sms", "", "50", 90, 1800 },
	{ "link.answer", "", "", "", "sms", "", "200", 5, 500 },
	{ "link.answer", "", "", "", "mqtt", "", "5000", 5, 10000 },
	{ "link.took", "", "", "", "sms", "", "a", 95, 2300 },
	{ "link.took", "", "", "", "mqtt", "", "b", 5, 10000 },
	{ "link.window", "", "", "", "sms", "", "a", 1800, 1800 },
	{ "link.window", "", "", "", "mqtt", "", "b", 1800, 1200 },
	{ "link.room", "", "", "", "sms", "", "a", 600, 30 },
	{ "survey.asked", "north", "", "vip", "", "survey", "", 20, 0 },
	{ "survey.answered", "north", "", "vip", "", "survey", "", 10, 0 },
	{ "survey.valid", "north", "", "vip", "", "survey", "", 12, 0 },
	{ "survey.unparsed", "north", "", "vip", "", "survey", "", 3, 0 },
	{ "survey.csat", "north", "", "vip", "", "survey", "", 10, 8 },
	{ "survey.score", "north", "", "vip", "", "survey", "sv-01/q1", 10,
	  40 },
	{ "survey.score_square", "north", "", "vip", "", "survey", "sv-01/q1",
	  10, 170 },
	/* 2 4 4 4, and 1 3 */
	{ "survey.factor", "north", "", "vip", "", "survey", "attitude", 4,
	  14 },
	{ "survey.factor_square", "north", "", "vip", "", "survey", "attitude",
	  4, 52 },
	{ "survey.factor", "south", "", "", "", "survey", "tariff", 2, 4 },
	{ "survey.factor_square", "south", "", "", "", "survey", "tariff", 2,
	  10 },
	{ "survey.attitude", "north", "", "vip", "", "survey", "", 4, 14 },
	{ "survey.attitude_square", "north", "", "vip", "", "survey", "", 4,
	  52 },
	/* 3 4 5; 1 1 0; of two campaigns and of none */
	{ "survey.ease", "north", "", "vip", "", "survey", "", 3, 12 },
	{ "survey.ease_square", "north", "", "vip", "", "survey", "", 3, 50 },
	{ "survey.solved", "north", "", "vip", "", "survey", "", 3, 2 },
	{ "survey.solved_square", "north", "", "vip", "", "survey", "", 3, 2 },
	{ "survey.attraction", "north", "", "vip", "", "survey", "C1", 2, 8 },
	{ "survey.attraction_square", "north", "", "vip", "", "survey", "C1", 2,
	  32 },
	{ "survey.attraction", "south", "", "", "", "survey", "C2", 1, 2 },
	{ "survey.attraction_square", "south", "", "", "", "survey", "C2", 1,
	  4 },
	{ "survey.clarity", "south", "", "", "", "survey", "", 2, 7 },
	{ "survey.clarity_square", "south", "", "", "", "survey", "", 2, 25 },
	/* 2 less 5, 4 less 4, 3 less 4 */
	{ "survey.gap", "north", "", "vip", "", "survey", "hotline", 2, -3 },
	{ "survey.gap_square", "north", "", "vip", "", "survey", "hotline", 2,
	  9 },
	{ "survey.gap", "south", "", "", "", "survey", "", 1, -1 },
	{ "survey.gap_square", "south", "", "", "", "survey", "", 1, 1 },
	{ "survey.choice", "north", "", "vip", "", "survey", "leave/why/1", 6,
	  0 },
	{ "survey.choice", "south", "", "", "", "survey", "leave/why/2", 2, 0 },
	/* 1 of 5 before, 4 of 5 after */
	{ "survey.before_fix", "north", "", "vip", "", "survey", "", 5, 1 },
	{ "survey.after_fix", "north", "", "vip", "", "survey", "", 5, 4 },
	{ "survey.after_call", "north", "", "vip", "", "survey", "", 5, 4 },
	{ "case.unasked", "north", "care", "vip", "sms", "complaint", "staff",
	  4, 0 },
	{ "case.unpromised", "south", "", "", "mqtt", "complaint", "", 1, 0 },
	{ "survey.nps", "north", "", "vip", "", "survey", "", 4, -1 },
	/* half of them within 72 hours */
	{ "inbound.opt_out", "", "", "", "sms", "", "opt_out", 18, 0 },
	{ "inbound.opt_out_soon", "", "", "", "sms", "", "opt_out", 9, 0 },
	/* told by others: n of them is the whole */
	{ "figure.K-46", "", "", "", "", "", "", 4000, 20 },
	{ "figure.K-46.cause", "", "", "", "", "", "price", 15, 15 },
	{ "figure.K-46.cause", "", "", "", "", "", "moved", 5, 5 },
	{ "figure.K-55.standard", "north", "", "", "", "", "", 600, 300 },
	{ "figure.K-55.standard", "south", "", "", "", "", "", 400, 120 },
	{ "figure.K-61.false", "", "", "", "", "", "", 12, 3 },
	{ "figure.K-61.missed", "", "", "", "", "", "", 10, 1 },
	{ "figure.K-64", "", "", "", "", "", "", 50, 2 },
	{ "suspension.allowed", "", "", "", "", "", "", 2, 0 },
	{ "suspension.reminded", "", "", "", "", "", "", 2, 0 },
	/* 6 + 3 + 1 complaints: 2 escalated, 1 repeated; 8 closed, 6 solved */
	{ "case.complaint", "north", "billing", "vip", "sms", "charge_dispute",
	  "vas_charge", 3, 0 },
	{ "case.complaint", "north", "care", "vip", "sms", "complaint", "staff",
	  5, 0 },
	{ "case.complaint", "south", "billing", "", "sms", "complaint", "staff",
	  1, 0 },
	{ "case.complaint", "south", "", "", "mqtt", "complaint", "", 1, 0 },
	{ "case.escalated", "north", "care", "vip", "sms", "complaint", "staff",
	  2, 0 },
	{ "case.repeated", "north", "care", "vip", "sms", "complaint", "staff",
	  1, 0 },
	{ "case.closed", "north", "care", "vip", "sms", "complaint", "staff", 8,
	  0 },
	{ "case.solved", "north", "care", "vip", "sms", "complaint", "staff", 6,
	  0 },
	/* 12 were due, 9 answered in time */
	{ "case.reply_due", "north", "care", "vip", "sms", "complaint", "staff",
	  12, 0 },
	{ "case.replied_in_time", "north", "care", "vip", "sms", "complaint",
	  "staff", 9, 0 },
	{ "case.problem", "south", "", "", "", "complaint", "low_score", 4, 0 },
	{ "case.problem_solved", "south", "", "", "", "complaint", "low_score",
	  3, 0 },
	/* of 72 reminders delivered */
	{ "case.wrong_reminder", "north", "", "", "sms", "report",
	  "wrong_reminder", 9, 0 },
	{ "callback.asked", "north", "", "vip", "", "", "keyword", 6, 0 },
	{ "callback.asked", "south", "", "", "", "", "missed_call", 2, 0 },
	{ "callback.reached", "north", "", "vip", "", "", "keyword", 5, 0 },
	{ "callback.breached", "north", "", "vip", "", "", "keyword", 2, 0 },
	{ "usage.threshold", "", "", "", "", "", "", 20, 0 },
	{ "usage.reminded", "", "", "", "", "", "", 19, 0 },
	/* 3 within five minutes, 1 within a quarter of an hour */
	{ "service.resumed", "", "", "", "", "", "60000", 1, 30000 },
	{ "service.resumed", "", "", "", "", "", "300000", 2, 500000 },
	{ "service.resumed", "", "", "", "", "", "900000", 1, 600000 },
	{ "service.restored", "", "", "", "", "", "", 5, 0 },
	{ "service.told", "", "", "", "", "", "", 4, 0 },
	{ "campaign.approved", "", "care", "", "sms", "marketing", "", 3, 0 },
	{ "campaign.approved", "", "billing", "", "sms", "marketing", "", 1,
	  0 },
	{ "campaign.reached", "", "care", "", "sms", "marketing", "", 30, 0 },
	{ "campaign.reached", "", "billing", "", "sms", "marketing", "", 10,
	  0 },
	{ "campaign.engaged", "", "care", "", "sms", "marketing", "reply", 5,
	  0 },
	{ "campaign.engaged", "", "care", "", "sms", "marketing", "order", 1,
	  0 },
	{ "campaign.engaged", "", "billing", "", "sms", "marketing", "link", 2,
	  0 },
	{ "inbound.reply", "", "", "", "sms", "", "inbox", 27, 0 },
	{ "inbound.meaning", "", "care", "", "sms", "", "", 1, 0 },
	{ "order.again", "", "", "", "", "", "ring", 100, 0 },
	{ "case.ended", "", "", "", "sms", "complaint", "", 12, 0 },
	{ "case.bought_again", "", "", "", "sms", "complaint", "", 3, 0 },
	{ "campaign.edited", "", "care", "", "sms", "marketing", "", 6, 0 },
	{ "recharge.ok", "", "", "", "shop", "", "", 9, 0 },
	{ "recharge.ok", "", "", "", "web", "", "", 18, 0 },
	{ "recharge.fail", "", "", "", "web", "", "", 2, 0 },
	/* 19 within the hour, 1 within four */
	{ "payment.posted", "", "", "", "", "", "3600000", 19, 100 },
	{ "payment.posted", "", "", "", "", "", "14400000", 1, 100 },
	{ "order.asked", "", "", "", "", "", "ring", 10, 0 },
	{ "order.won", "", "", "", "", "", "ring", 7, 0 },
	{ "order.active", "", "", "", "", "", "ring", 8, 0 },
	{ "order.transparent", "", "", "", "", "", "ring", 8, 0 },
	{ "order.lasting", "", "", "", "", "", "ring", 5, 0 },
	{ "order.left_early", "", "", "", "", "", "ring", 1, 0 },
	/* 2,000 customers, 1,500 + 100 of them may be advertised to */
	{ "contact.line", "", "", "", "", "", "broadband", 2000, 1000 },
	{ "contact.line", "", "", "", "", "", "mobile", 2000, 1500 },
	{ "contact.active", "north", "", "vip", "", "", "", 1600, 1500 },
	{ "contact.active", "south", "", "", "", "", "", 400, 100 },
	{ "something.else", "", "", "", "", "", "", 99, 99 },
};

static const struct measured before[] = {
	{ "message.all", "north", "care", "vip", "sms", "reminder", "", 50,
	  50 },
	{ "message.delivered", "north", "care", "vip", "sms", "reminder", "",
	  40, 0 },
	{ "message.failed", "north", "care", "vip", "sms", "reminder",
	  "no_route", 10, 0 },
	{ "case.complaint", "north", "care", "vip", "sms", "complaint", "staff",
	  8, 0 },
};

/* 12 complaints a year ago, 8 of them in the north; 10 the month before that */
static const struct measured year_before[] = {
	{ "case.complaint", "north", "care", "vip", "sms", "complaint", "staff",
	  8, 0 },
	{ "case.complaint", "south", "", "", "sms", "complaint", "spam", 4, 0 },
};
static const struct measured month_and_year_before[] = {
	{ "case.complaint", "north", "care", "vip", "sms", "complaint", "staff",
	  10, 0 },
};

/*
 * October 2026 ends on a Saturday: its last whole week begins on the 19th, and
 * the first of twelve on the 3rd of August. Of September they are 6 July to 21
 * September.
 */
static const struct measured replies[] = {
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-10-19 4", 1, 0 },
	/* the month ends before this week does */
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-10-26 200", 1, 0 },
	/* 11 11 and more than 240 */
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-08-31 11", 2, 0 },
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-08-31 more", 1, 0 },
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "nonsense", 9, 0 },
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-10-19 241", 9, 0 },
};
static const struct measured replies_august[] = {
	{ "case.first_reply", "north", "care", "vip", "sms", "complaint",
	  "2026-08-03 10", 1, 0 },
	{ "case.first_reply", "south", "care", "vip", "sms", "complaint",
	  "2026-08-03 20", 1, 0 },
};
static const struct measured replies_july[] = {
	{ "case.first_reply", "south", "care", "vip", "sms", "complaint",
	  "2026-07-06 17", 1, 0 },
	/* too early for both */
	{ "case.first_reply", "south", "care", "vip", "sms", "complaint",
	  "2026-06-29 1", 1, 0 },
};
