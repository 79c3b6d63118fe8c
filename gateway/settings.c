/* The section `gateway { ... }`. */
#include "gateway/gateway.h"

#define ROW(field, name, type, initial, min, max, names, unit, live, text)     \
	{                                                                      \
		name, type, offsetof(struct gateway_cfg, field), initial, min, \
			max, names, unit, live, text                           \
	}

static const char *const scopes[] = { "marketing", "all", NULL };

static const struct setting rows[] = {
	ROW(queue_max, "queue_max", SETTING_INT, "2000000", 1, 100000000, NULL,
	    "messages", true, "Most messages that are not final."),
	ROW(text_max, "text_max", SETTING_INT, "4096", 1, 4096, NULL, "bytes",
	    true, "Longest text."),
	ROW(parts_max, "parts_max", SETTING_INT, "10", 1, 32, NULL, "parts",
	    true, "Most parts of one SMS."),
	ROW(idempotency, "idempotency", SETTING_DURATION, "24h", 1000,
	    2592000000, NULL, NULL, true,
	    "How long an idempotency key is remembered."),
	ROW(stray_ms, "stray", SETTING_DURATION, "24h", 1000, 2592000000, NULL,
	    NULL, true, "How long receipts that match nothing are kept."),
	ROW(notices_max, "notices_max", SETTING_INT, "100000", 10, 10000000,
	    NULL, "notices", true,
	    "Owed to one endpoint in memory; the rest waits on disk."),
	ROW(reply_codes, "reply_codes", SETTING_INT, "99", 1, 9999, NULL,
	    "threads", true,
	    "Threads of one person that a reply can name; the oldest gives "
	    "way."),
	ROW(reply_codes_max, "reply_codes_max", SETTING_INT, "1000000", 1,
	    100000000, NULL, "threads", true,
	    "The same of all persons together."),
	ROW(reply_keep, "reply_keep", SETTING_DURATION, "30d", 1000,
	    31536000000, NULL, NULL, true,
	    "So long after the last message of a thread a reply finds it."),
	ROW(age_boost, "age_boost", SETTING_DURATION, "0s", 0, 86400000, NULL,
	    NULL, false,
	    "Waiting this long counts as one priority higher; 0s: never."),
	ROW(inbound_retention, "inbound_retention", SETTING_DURATION, "155d",
	    60000, 315360000000, NULL, NULL, true,
	    "How long the text of what a customer wrote is kept."),
	ROW(drain, "drain", SETTING_DURATION, "5s", 0, 600000, NULL, NULL, true,
	    "How long links may finish their answers when the daemon stops."),
	ROW(ledger_head, "ledger_head", SETTING_DURATION, "1h", 1000,
	    2592000000, NULL, NULL, true,
	    "How often the end of a growing consent ledger is written down."),
	ROW(country, "country", SETTING_STR, "", 0, 0, NULL, "digits", true,
	    "Calling code of numbers that begin with one 0, such as 44."),
	ROW(tenant, "tenant", SETTING_STR, "default", 0, 0, NULL, NULL, true,
	    "The tenant of those who name none."),
	ROW(blocked_words, "blocked_words", SETTING_LIST, "{}", 0, 10000, NULL,
	    NULL, true,
	    "No text that holds one of these is sent: {\"casino\", \"赌博\"}."),
	ROW(charged, "charged", SETTING_LIST, "{}", 0, 1000, NULL, "senders",
	    true,
	    "Senders that cost whoever answers them: two persons approve a "
	    "campaign from one, and a single message takes a right to it."),
	ROW(charged_by, "charged_by", SETTING_LIST, "{}", 0, 1000, NULL, NULL,
	    true,
	    "Who may send single messages from those: \"key:ID\", "
	    "\"user:ID\", \"kannel:NAME\", \"esme:ACCOUNT\", "
	    "\"mqtt:TENANT\"."),
	ROW(stop_scope, "stop_scope", SETTING_ENUM, "marketing", 0, 0, scopes,
	    NULL, true,
	    "What a STOP is about: what needs consent, or all that can be "
	    "refused."),
	ROW(stop_reply_zh, "stop_reply_zh", SETTING_STR,
	    "已为您退订,即时生效。恢复请回复START。", 0, 0, NULL, NULL, true,
	    "The one confirmation of an opt-out, Chinese; empty: none."),
	ROW(stop_reply_en, "stop_reply_en", SETTING_STR,
	    "You have been unsubscribed, effective now. Reply START to return.",
	    0, 0, NULL, NULL, true, "The same in English."),
	ROW(start_reply_zh, "start_reply_zh", SETTING_STR,
	    "已恢复订阅。退订请回复TD。", 0, 0, NULL, NULL, true,
	    "The answer to START, Chinese."),
	ROW(start_reply_en, "start_reply_en", SETTING_STR,
	    "You are subscribed again. Reply STOP to end.", 0, 0, NULL, NULL,
	    true, "The same in English."),
	ROW(optin_within, "optin_within", SETTING_DURATION, "30d", 60000,
	    7776000000, NULL, NULL, true,
	    "A request for consent that is not confirmed within this is over."),
	ROW(optin_ask_zh, "optin_ask_zh", SETTING_STR,
	    "回复YES或{code}确认订阅,退订回复TD。如非本人操作请忽略。", 0, 0,
	    NULL, NULL, true,
	    "Asks for the confirmation of a consent, Chinese; {code} becomes "
	    "the code of the request, without it only YES confirms."),
	ROW(optin_ask_en, "optin_ask_en", SETTING_STR,
	    "Reply YES or {code} to confirm your subscription, STOP to end. "
	    "Ignore this if it was not you.",
	    0, 0, NULL, NULL, true, "The same in English."),
	ROW(help_reply_zh, "help_reply_zh", SETTING_STR,
	    "客服帮助:退订回复TD,恢复回复START。", 0, 0, NULL, NULL, true,
	    "The answer to HELP, Chinese."),
	ROW(help_reply_en, "help_reply_en", SETTING_STR,
	    "Help: reply STOP to unsubscribe, START to return.", 0, 0, NULL,
	    NULL, true, "The same in English."),
};

const struct setting_section gateway_section = {
	"gateway", false,           sizeof(struct gateway_cfg),
	rows,      ARRAY_LEN(rows), "Limits and words of the gateway.",
};
