/* The table of routes: it serves requests, 404, 405 and /openapi.json. */
#include "console/routes.h"

#include "console/api.h"
#include "console/case_queries.h"
#include "console/upload.h"

static const struct query none[] = { { NULL, NULL } };

static const struct query q_messages[] = {
	{ "state", "Only messages in this state." },
	{ "class", "Only messages of this class." },
	{ "to", "Only messages to this address." },
	{ "campaign", "Only messages of this campaign." },
	{ "since", "Only messages taken at or after this time." },
	{ "limit", "Messages of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_export[] = {
	{ "purpose", "What the export is for; it is written down." },
	{ "limit", "Rows of one page, 1 to 1000." },
	{ "cursor", "The header X-Next of the page before." },
	{ NULL, NULL },
};

static const struct query q_segments[] = {
	{ "limit",
	  "Segments, or members, of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_audit[] = {
	{ "action", "Only this one: contact.read." },
	{ "no_context", "Only reads of a person about whom nothing is open." },
	{ "limit", "Rows of one page, 1 to 1000; 100 without it." },
	{ "cursor", "`next` of the page before: rows after that seq." },
	{ NULL, NULL },
};

static const struct query q_inbox[] = {
	{ "from", "Only from this address." },
	{ "waiting", "true: what waits for an answer and nobody else has in "
		     "hand, the oldest first; all: what waits." },
	{ "since", "Only messages heard at or after this time." },
	{ "limit", "Messages of one page, 1 to 500; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_events[] = {
	{ "type", "Only events of this type." },
	{ "state", "no_rule, passed, matched or decided." },
	{ "limit", "Events of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_reminders[] = {
	{ "state",
	  "waiting, delivered, task, done, answered, failed or cancelled." },
	{ "limit", "Reminders of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_alerts[] = {
	{ "to", "Whose: a number." },
	{ NULL, NULL },
};

static const struct query q_served[] = {
	{ "state", "Only those in this state." },
	{ "to", "Only those of this number." },
	{ "limit", "Rows of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_version[] = {
	{ "version", "A version; the newest without it." },
	{ NULL, NULL },
};

static const struct query q_sessions[] = {
	{ "state", "Only sessions in this state." },
	{ "limit", "Sessions of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_campaigns[] = {
	{ "state", "Only campaigns in this state." },
	{ "limit", "Campaigns of one page, 1 to 200; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_recipients[] = {
	{ "state", "ready, suppressed, deferred or claimed." },
	{ "reason", "Only with this reason." },
	{ "run", "Of a recurring one: which run; the last without it." },
	{ "limit", "Rows of one page." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_unmatched[] = {
	{ "limit", "Rows, 1 to 1000; 100 without it." },
	{ NULL, NULL },
};

static const struct query q_templates[] = {
	{ "limit", "Templates of one page, 1 to 1000; 100 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_diff[] = {
	{ "from", "A version; the one before `to` without it." },
	{ "to", "A version; the newest without it." },
	{ NULL, NULL },
};

static const struct query q_report[] = {
	{ "of", "The month: 2026-10." },
	{ "branch", "Of this branch alone." },
	{ "department", "Of this department alone." },
	{ "lang", "zh or en; zh without it." },
	{ "format", "json, csv or html; json without it." },
	{ NULL, NULL },
};

static const struct query q_results[] = {
	{ "format", "json or csv; json without it." },
	{ "branch", "Only what people of this branch answered." },
	{ NULL, NULL },
};

static const struct query q_stream[] = {
	{ "types", "Which events: message.*,link.up ...; all without it." },
	{ NULL, NULL },
};

/* Why a route is refused to those who have a branch. */
static const char whole_ledger[] =
	"the ledger is one chain over all branches: a part of it proves nothing";
static const char whole_number[] =
	"it is over every tenant, for who answers for all of them";
static const char whole_node[] =
	"links, disk and counters are the node's, and carry everybody's messages";
static const char whole_triggers[] =
	"a trigger speaks to the customers of every branch";
static const char whole_surveys[] = "a survey is asked everywhere alike";
static const char whole_audit[] =
	"rows of the audit log are one chain and are of no branch";

/* Behind its text a row may say more: `, .branch = BRANCH_KEPT`. */
#define READ(p, n, h, q, ...)                                              \
	{                                                                  \
		.method = "GET", .path = (p), .needs = (n), .handle = (h), \
		.query = (q), .ok = 200, .summary = __VA_ARGS__            \
	}
/* A read that leaves a row in the audit log. */
#define NOTED(p, n, h, q, ...)                                             \
	{                                                                  \
		.method = "GET", .path = (p), .needs = (n), .handle = (h), \
		.query = (q), .ok = 200, .stores = true,                   \
		.summary = __VA_ARGS__                                     \
	}
#define OPEN(p, h, ...)                                          \
	{                                                        \
		.method = "GET", .path = (p), .auth = AUTH_OPEN, \
		.handle = (h), .ok = 200, .summary = __VA_ARGS__ \
	}
#define JSON(m, p, n, h, f, code, ...)                                       \
	{                                                                    \
		.method = (m), .path = (p), .needs = (n), .body = BODY_JSON, \
		.handle = (h), .fields = (f), .query = none, .stores = true, \
		.ok = (code), .summary = __VA_ARGS__                         \
	}
#define ASK(p, n, h, f, ...)                                     \
	{                                                        \
		.method = "POST", .path = (p), .needs = (n),     \
		.body = BODY_JSON, .handle = (h), .fields = (f), \
		.query = none, .ok = 200, .summary = __VA_ARGS__ \
	}
#define ACT(m, p, n, h, ...)                                             \
	{                                                                \
		.method = (m), .path = (p), .needs = (n), .handle = (h), \
		.query = none, .stores = true, .ok = 200,                \
		.summary = __VA_ARGS__                                   \
	}

/* What somebody does; the body may be left out. */
#define WORK(p, n, h, f, ...)                                           \
	{                                                               \
		.method = "POST", .path = (p), .needs = (n),            \
		.body = BODY_JSON, .handle = (h), .fields = (f),        \
		.query = none, .bare = true, .stores = true, .ok = 200, \
		.summary = __VA_ARGS__                                  \
	}

/* A step of a campaign, with a note or without. */
#define DO(word, n, ...)                                                      \
	{                                                                     \
		.method = "POST", .path = "/v1/campaigns/{id}/" word,         \
		.needs = (n), .body = BODY_JSON, .handle = api_campaign_act,  \
		.fields = &campaign_note_fields, .query = none, .bare = true, \
		.stores = true, .ok = 200, .branch = BRANCH_KEPT,             \
		.summary = __VA_ARGS__                                        \
	}

/* What is done to a case. */
#define CASE(word, text)                                                \
	{                                                               \
		.method = "POST", .path = "/v1/cases/{id}/" word,       \
		.needs = PERM_CASE_WORK, .body = BODY_JSON,             \
		.handle = api_case_act, .fields = &case_act_fields,     \
		.query = none, .bare = true, .stores = true, .ok = 200, \
		.branch = BRANCH_KEPT, .summary = (text)                \
	}

/* The busiest first: they are looked for in this order. */
const struct route routes_all[] = {
	JSON("POST", "/v1/messages", PERM_SEND, api_messages_post,
	     &message_fields, 202,
	     "Send one message, or many as {\"messages\": [...]}; answered when durable.",
	     .branch = BRANCH_KEPT),
	READ("/v1/messages", PERM_MESSAGE_READ, api_messages_list, q_messages,
	     "List messages, the newest first.", .branch = BRANCH_KEPT),
	ASK("/v1/messages/check", PERM_CHECK, api_messages_check,
	    &message_fields,
	    "Ask the gate alone: may this be sent now? Nothing is kept.",
	    .branch = BRANCH_KEPT),
	ACT("POST", "/v1/messages/{id}/cancel", PERM_MESSAGE_CANCEL,
	    api_message_cancel,
	    "Cancel a message that has not been handed to a link.",
	    .branch = BRANCH_KEPT),
	ASK("/v1/messages/{id}/verify", PERM_MESSAGE_READ, api_message_verify,
	    &copy_fields,
	    "Is this the text that was sent? Also when it is kept no longer.",
	    .branch = BRANCH_KEPT),
	READ("/v1/messages/{id}", PERM_MESSAGE_READ, api_message_get, none,
	     "One message: state, history, decision, and the routing while it is live.",
	     .branch = BRANCH_KEPT),
	ASK("/v1/route/explain", PERM_CHECK, api_route_explain, &message_fields,
	    "Every rule and link considered for such a message, with why.",
	    .branch = BRANCH_KEPT),
	READ("/v1/contacts", PERM_CONTACT_READ, api_contacts_list,
	     contacts_query,
	     "List contacts, find one by ref or address, or look for some.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/contacts", PERM_CONTACT_WRITE, api_contacts_post,
	     &contact_fields, 201,
	     "Write a contact; one with the same ref is replaced.",
	     .branch = BRANCH_KEPT),
	NOTED("/v1/contacts/{id}", PERM_CONTACT_READ, api_contact_get, none,
	      "One contact. The reading is written down.",
	      .branch = BRANCH_KEPT),
	JSON("PATCH", "/v1/contacts/{id}", PERM_CONTACT_WRITE,
	     api_contact_patch, &contact_fields, 200,
	     "Change what is said of a contact; takes If-Match.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/contacts/{id}/merge", PERM_CONTACT_WRITE,
	     api_contact_merge, &merge_fields, 200,
	     "Two contacts are one person: `from` goes into this one; takes If-Match.",
	     .branch = BRANCH_KEPT),
	ACT("DELETE", "/v1/contacts/{id}", PERM_CONTACT_WRITE,
	    api_contact_delete,
	    "Erase a contact and its addresses; its consents end, the ledger stays.",
	    .branch = BRANCH_KEPT),
	NOTED("/v1/exports/contacts", PERM_CONTACT_EXPORT, api_contacts_export,
	      q_export,
	      "Contacts as CSV, page by page; the purpose is written down.",
	      .branch = BRANCH_KEPT),
	/* segments and lists */
	READ("/v1/segments", PERM_CONTACT_READ, api_segments_list, q_segments,
	     "Every segment: its filter, its sentence in both languages, its last count.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/segments", PERM_CONTACT_WRITE, api_segments_post,
	     &segment_fields_new, 201,
	     "Make a segment from a filter, or an empty list.",
	     .branch = BRANCH_KEPT),
	ASK("/v1/segments/count", PERM_CONTACT_READ, api_segments_count,
	    &count_fields,
	    "How many contacts a filter holds for now, exactly, and ten of them. Nothing is kept.",
	    .branch = BRANCH_KEPT),
	READ("/v1/segments/{id}", PERM_CONTACT_READ, api_segment_get, none,
	     "One segment.", .branch = BRANCH_KEPT),
	JSON("PATCH", "/v1/segments/{id}", PERM_CONTACT_WRITE,
	     api_segment_patch, &segment_fields_edit, 200,
	     "Give a segment another filter; takes If-Match, stale: 409 and what is there now.",
	     .branch = BRANCH_KEPT),
	ACT("DELETE", "/v1/segments/{id}", PERM_CONTACT_WRITE,
	    api_segment_delete,
	    "Delete a segment; a list that a filter names stays: 409.",
	    .branch = BRANCH_KEPT),
	ACT("POST", "/v1/segments/{id}/count", PERM_CONTACT_READ,
	    api_segment_count,
	    "Count a segment now; the count is kept with it.",
	    .branch = BRANCH_KEPT),
	READ("/v1/segments/{id}/members", PERM_CONTACT_READ, api_members_list,
	     q_segments, "The contacts of a segment or list, page by page.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/segments/{id}/members", PERM_CONTACT_WRITE,
	     api_members_post, &members_fields, 200,
	     "Add contacts to a list, or take them off it.",
	     .branch = BRANCH_KEPT),
	{ .method = "POST",
	  .path = "/v1/imports",
	  .needs = PERM_CONTACT_WRITE | PERM_CONSENT_WRITE |
		   PERM_CONTACT_EXPORT, /* in bulk, and so the admin's */
	  .body = BODY_PIECES,
	  .stores = true,
	  .handle = upload_end,
	  .begin = api_import_begin,
	  .piece = upload_piece,
	  .query = import_query,
	  .branch = BRANCH_KEPT,
	  .ok = 200,
	  .summary =
		  "Contacts from CSV; answers with the rows that failed and why." },
#include "console/routes_campaigns.def"
	JSON("POST", "/v1/consents", PERM_CONSENT_WRITE, api_consents_post,
	     &consent_fields, 201, "Append an event to the consent ledger.",
	     .branch = BRANCH_KEPT),
	READ("/v1/consents/verify", PERM_CONSENT_READ, api_consents_verify,
	     verify_query,
	     "Prove the whole ledger, link by link, and that it went through every head.",
	     .whole = whole_ledger),
	READ("/v1/consents/heads", PERM_CONSENT_READ, api_consents_heads,
	     heads_query, "What the ledger ended with, from time to time.",
	     .whole = whole_ledger),
	/* over every tenant; for those who also see the audit log */
	NOTED("/v1/numbers/{address}/subscriptions",
	      PERM_CONSENT_WRITE | PERM_AUDIT, api_subscriptions_get, none,
	      "All that a number has subscribed to, under every tenant.",
	      .whole = whole_number),
	JSON("POST", "/v1/numbers/{address}/unsubscribe",
	     PERM_CONSENT_WRITE | PERM_AUDIT, api_unsubscribe,
	     &unsubscribe_fields, 200,
	     "End one subscription of a number, or all; it stands in each tenant's ledger.",
	     .whole = whole_number),
	/* suspected opt-outs; suppression lists and registries */
	READ("/v1/suspects", PERM_CONSENT_READ, api_suspects_list, none,
	     "Suspected opt-outs that nobody has decided, with the day by which.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/suspects/{address}", PERM_CONSENT_WRITE,
	     api_suspect_settle, &suspect_fields, 200,
	     "Decide on a suspected opt-out; who and why is written down.",
	     .branch = BRANCH_KEPT),
	READ("/v1/suppressions", PERM_CONSENT_READ, api_suppressions_list, none,
	     "The suppression lists and registries, with how many stand on each.",
	     .branch = BRANCH_KEPT),
	{ .method = "POST",
	  .path = "/v1/suppressions",
	  .needs = PERM_CONTACT_WRITE | PERM_CONSENT_WRITE,
	  .body = BODY_PIECES,
	  .stores = true,
	  .handle = upload_end,
	  .begin = api_suppress_begin,
	  .piece = upload_piece,
	  .query = suppress_query,
	  .branch = BRANCH_KEPT,
	  .ok = 200,
	  .summary =
		  "Put the numbers of a CSV on a suppression list or registry, or take them off." },
	NOTED("/v1/addresses/{address}", PERM_CONSENT_READ, api_address_get,
	      none, "What the gate knows of an address.",
	      .branch = BRANCH_KEPT),
	NOTED("/v1/addresses/{address}/evidence", PERM_CONSENT_READ,
	      api_address_evidence, evidence_query,
	      "The evidence pack: every ledger event, the standing, what was sent.",
	      .branch = BRANCH_KEPT),
#include "console/routes_templates.def"
	/* rule packs; seconds where a duration is meant */
	READ("/v1/rules", PERM_CONSENT_READ, api_rules_list, none,
	     "Every rule pack with its parameters and sources; no legal advice.",
	     .branch = BRANCH_ALIKE),
	READ("/v1/rules/{name}", PERM_CONSENT_READ, api_rules_get, none,
	     "One rule pack; no legal advice.", .branch = BRANCH_ALIKE),
	READ("/v1/links", PERM_LINK_READ, api_links_list, none,
	     "Every link and what it does.", .whole = whole_node),
	READ("/v1/inbox", PERM_MESSAGE_READ, api_inbox_list, q_inbox,
	     "What customers wrote, the newest first, and what took it.",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/events", PERM_EVENT, api_events_post,
	     &occurrence_fields, 200,
	     "Something happened elsewhere; the same id is taken once.",
	     .branch = BRANCH_KEPT),
	{ .method = "POST",
	  .path = "/v1/events/csv",
	  .needs = PERM_EVENT,
	  .body = BODY_BYTES,
	  .stores = true,
	  .handle = api_events_csv,
	  .query = none,
	  .branch = BRANCH_KEPT,
	  .ok = 200,
	  .summary =
		  "Events from CSV: id, type, to, account, lang; other columns are data." },
	READ("/v1/events", PERM_SURVEY_READ, api_events_list, q_events,
	     "Business events, the newest first, and what came of them.",
	     .branch = BRANCH_KEPT),
	READ("/v1/events/types", PERM_SURVEY_READ, api_event_types, none,
	     "Every type that was seen, and whether a trigger names it.",
	     .branch = BRANCH_ALIKE),
	NOTED("/v1/threads/{address}", PERM_CASE_READ, api_thread_get, q_thread,
	      "All that went to one person and came from them, the newest first. Written down.",
	      .branch = BRANCH_KEPT),
	JSON("POST", "/v1/threads/{address}/reply", PERM_CASE_WORK,
	     api_thread_reply, &thread_fields, 202,
	     "A word to them, through the gate; answers their open case, if there is one.",
	     .branch = BRANCH_KEPT),
#include "console/routes_served.def"
	READ("/v1/receipts/unmatched", PERM_LINK_READ, api_receipts_unmatched,
	     q_unmatched, "Receipts that no message awaits, newest first.",
	     .whole = whole_node),
	READ("/v1/links/{name}", PERM_LINK_READ, api_link_get, none,
	     "One link.", .whole = whole_node),
	ACT("POST", "/v1/links/{name}/hold", PERM_LINK_CONTROL, api_link_hold,
	    "Give the link nothing more.", .whole = whole_node),
	ACT("POST", "/v1/links/{name}/release", PERM_LINK_CONTROL,
	    api_link_release, "Let a held link go on.", .whole = whole_node),
	ACT("POST", "/v1/links/{name}/rebind", PERM_LINK_CONTROL,
	    api_link_rebind, "Drop the link's connection and dial again.",
	    .whole = whole_node),
	JSON("PATCH", "/v1/links/{name}", PERM_LINK_CONTROL, api_link_patch,
	     &link_fields, 200,
	     "Change the rate or the window of a link until the next reload.",
	     .whole = whole_node),
	READ("/v1/keys", PERM_KEYS, api_keys_list, none,
	     "Every key, without its text.", .branch = BRANCH_KEPT),
	JSON("POST", "/v1/keys", PERM_KEYS, api_keys_post, &key_fields, 201,
	     "Make a key; its text is shown this once.", .branch = BRANCH_KEPT),
	ACT("DELETE", "/v1/keys/{id}", PERM_KEYS, api_key_revoke,
	    "Revoke a key, at once.", .branch = BRANCH_KEPT),
	/* Users, sessions: what every known one may has no permission. */
	{ .method = "POST",
	  .path = "/v1/sessions",
	  .auth = AUTH_OPEN,
	  .body = BODY_JSON,
	  .fields = &session_fields,
	  .stores = true,
	  .handle = api_session_open,
	  .query = none,
	  .ok = 201,
	  .summary =
		  "Log in: a token for the header Authorization, or a cookie." },
	READ("/v1/sessions", 0, api_sessions_list, none,
	     "Your sessions; with user.manage everybody's.",
	     .branch = BRANCH_KEPT),
	{ .method = "DELETE",
	  .path = "/v1/sessions/{id}",
	  .branch = BRANCH_KEPT,
	  .always = true,
	  .handle = api_session_end,
	  .query = none,
	  .stores = true,
	  .ok = 200,
	  .summary =
		  "End a session; `this` is the one you ask with: log out." },
	{ .method = "GET",
	  .path = "/v1/me",
	  .branch = BRANCH_ALIKE,
	  .always = true,
	  .handle = api_me,
	  .query = none,
	  .ok = 200,
	  .summary = "Who you are, and what you may." },
	{ .method = "POST",
	  .path = "/v1/me/password",
	  .branch = BRANCH_ALIKE,
	  .always = true,
	  .body = BODY_JSON,
	  .fields = &me_password_fields,
	  .handle = api_me_password,
	  .query = none,
	  .stores = true,
	  .ok = 200,
	  .summary = "Change your password; your other sessions end." },
	READ("/v1/users", PERM_USERS, api_users_list, none,
	     "Every user you see.", .branch = BRANCH_KEPT),
	JSON("POST", "/v1/users", PERM_USERS, api_users_post, &user_fields, 201,
	     "Make a user; a password that is made for them is shown this once.",
	     .branch = BRANCH_KEPT),
	READ("/v1/users/{id}", PERM_USERS, api_user_get, none, "One user.",
	     .branch = BRANCH_KEPT),
	JSON("PATCH", "/v1/users/{id}", PERM_USERS, api_user_patch,
	     &user_fields, 200,
	     "Change title, lang, roles, branch or state; takes If-Match.",
	     .branch = BRANCH_KEPT),
	ACT("DELETE", "/v1/users/{id}", PERM_USERS, api_user_delete,
	    "Remove a user; the name stays taken.", .branch = BRANCH_KEPT),
	JSON("POST", "/v1/users/{id}/password", PERM_USERS, api_user_password,
	     &user_password_fields, 200,
	     "Give a user a new password; their sessions end.",
	     .branch = BRANCH_KEPT),
	ACT("POST", "/v1/users/{id}/unlock", PERM_USERS, api_user_unlock,
	    "Forget wrong passwords, so that nobody has to wait.",
	    .branch = BRANCH_KEPT),
	READ("/v1/audit", PERM_AUDIT, api_audit_list, q_audit,
	     "Who did what, in order.", .whole = whole_audit),
	READ("/v1/audit/verify", PERM_AUDIT, api_audit_verify, none,
	     "Prove the whole audit log, link by link.", .whole = whole_audit),
	READ("/v1/status", PERM_STATUS, api_status, none,
	     "What waits, and how many came to what.", .branch = BRANCH_KEPT),
	READ("/v1/reports/month", PERM_STATUS, api_report_month, q_report,
	     "The service-quality report of a month, against the month before and the targets.",
	     .branch = BRANCH_KEPT),
	OPEN("/v1/version", api_version, "Version and node."),
	READ("/v1/stream", PERM_STREAM, stream_serve, q_stream,
	     "Events as they happen (text/event-stream).",
	     .branch = BRANCH_KEPT),
	JSON("POST", "/v1/backup", PERM_BACKUP, api_backup, &backup_fields, 200,
	     "Copy the live store to a file on the node.", .whole = whole_node),
	OPEN("/healthz", api_healthz, "Is the process alive?"),
	OPEN("/readyz", api_readyz, "Does it take messages?"),
	OPEN("/metrics", api_metrics,
	     "Prometheus text format; a key is asked for if metrics_key is set."),
	OPEN("/openapi.json", api_openapi, "This document."),
	{ .method = "POST",
	  .path = "/hooks/in/{name}",
	  .auth = AUTH_OWN,
	  .body = BODY_BYTES,
	  .stores = true,
	  .handle = api_hook_in,
	  .ok = 200,
	  .summary =
		  "A customer's message from another system, signed as Standard Webhooks 1.0.0." },
	{ .method = "GET",
	  .path = "/cgi-bin/sendsms",
	  .auth = AUTH_OWN,
	  .stores = true,
	  .handle = api_kannel,
	  .ok = 202,
	  .summary = "Kannel's sendsms." },
	{ .method = "POST",
	  .path = "/cgi-bin/sendsms",
	  .auth = AUTH_OWN,
	  .body = BODY_BYTES,
	  .stores = true,
	  .handle = api_kannel,
	  .ok = 202,
	  .summary = "Kannel's sendsms." },
};

const size_t routes_len = ARRAY_LEN(routes_all);
