/*
 * What each call means to tables in memory. It follows from the words of the
 * call and one row here: an argument that is a column must be equal (or NULL,
 * where it ends in "?"); "since_", "after_", "before_" and "upto_" bound the
 * column behind them; "within_": it begins with that; "limit" limits.
 */
#include <string.h>

#include "store/memory_impl.h"

#define CONSENT_COLUMNS                                                   \
	"seq tenant address brand channel purpose type at_ms expires_ms " \
	"source actor wording wording_sha256 evidence inbound_id "        \
	"prev_hash hash"

static const struct {
	unsigned nkey;
	const char *columns;
} memory_schema[MEMORY_TABLES] = {
	[TABLE_META] = { 1, "name value" },
	[TABLE_JOURNAL] = { 1, "seq frames" },
	[TABLE_FOLD] = { 0, "upto run_to room id last_id" },
	[TABLE_MESSAGE] = { 1, "id tenant class to campaign record state "
			       "updated_ms link reason history kind cell" },
	[TABLE_KIND] = { 1, "id tenant class campaign" },
	[TABLE_TALLY] = { 2, "kind state delta" },
	[TABLE_NOTICE] = { 1, "id record" },
	[TABLE_INBOUND] = { 1, "id tenant from record" },
	[TABLE_STRAY] = { 1, "id record" },
	[TABLE_CONTACT] = { 2,
			    "tenant id ref name lang tz tz_source tier branch "
			    "manager lifecycle preferred hours state attrs "
			    "created_ms updated_ms" },
	[TABLE_ADDRESS] = { 3, "tenant address channel contact_id place" },
	[TABLE_ERASED] = { 1, "hash at_ms" },
	[TABLE_ALIAS] = { 2, "tenant old_id ref contact_id" },
	[TABLE_SEGMENT] = { 2, "tenant id name kind ast count counted_ms "
			       "author created_ms updated_ms branch" },
	[TABLE_MEMBER] = { 3, "tenant list_id contact_id at_ms" },
	[TABLE_CONSENT] = { 1, CONSENT_COLUMNS },
	[TABLE_LEDGER_HEAD] = { 2, "seq at_ms hash" },
	[TABLE_SUSPECT] = { 2, "tenant address inbound_id at_ms" },
	[TABLE_REPLY_CODE] = { 2, "address code tenant thread at_ms" },
	[TABLE_TOUCH] = { 4, "at_ms tenant address class campaign exclusion" },
	[TABLE_IDEMPOTENCY] = { 3,
				"at_ms tenant key_hash body_hash message_id" },
	[TABLE_KEY] = { 1, "id tenant name role hash created_ms expires_ms "
			   "revoked_ms branch" },
	[TABLE_USER] = { 1, "id tenant name title lang branch roles password "
			    "state must_change created_ms updated_ms "
			    "password_ms" },
	[TABLE_LOGIN] = { 1, "id user hash created_ms seen_ms expires_ms "
			     "from agent" },
	[TABLE_TEMPLATE] = { 3,
			     "tenant id version revision state name class "
			     "owner sender priced promise registrations author "
			     "created_ms submitted_ms approver second "
			     "decided_ms reason sha256 branch" },
	[TABLE_TEMPLATE_TEXT] = { 4, "tenant id version lang state signature "
				     "text tail reason sha256" },
	[TABLE_TEMPLATE_TALLY] = { 3, "tenant id version sent opt_outs "
				      "complaints" },
	[TABLE_EVENT] = { 1, "seq tenant id type to account data at_ms state "
			     "reason messages message allow" },
	[TABLE_TRIGGER] = { 2, "tenant name body actor at_ms" },
	[TABLE_ALERT] = { 1, "id tenant address trigger subject above value "
			     "once until_ms source set_ms armed fired_ms "
			     "fired_value" },
	[TABLE_ALERT_FAN] = { 2, "seq trigger tenant event subject lang data "
				 "at_ms after" },
	[TABLE_MARK] = { 3, "tenant trigger key value" },
	[TABLE_REMINDER] = { 1, "id tenant trigger event account cycle to text "
				"state channel message due_ms delivered_ms "
				"created_ms answer tries reason asked" },
	[TABLE_CALLBACK] = { 1, "id tenant address queue skill source ref note "
				"tier open_minute close_minute state reason "
				"agent tries calls hours tried_ms due_ms "
				"since_ms breached created_ms closed_ms" },
	[TABLE_CALLBACK_LINK] = { 1, "id tenant address queue expires_ms "
				     "used" },
	[TABLE_UNANSWERED] = { 1, "id tenant address late" },
	[TABLE_FINDING] = { 1, "id tenant unit survey question text state "
			       "due_ms late answer created_by answered_by "
			       "created_ms answered_ms branch" },
	[TABLE_ONCALL] = { 1, "id tenant address name event text place "
			      "message state due_ms created_ms acked_ms "
			      "branch" },
	[TABLE_ORDER] = { 1, "id tenant address offer version title_zh "
			     "title_en price_fen period service actor "
			     "ordered_by state reason code_hash tries "
			     "confirmed_by confirmed_ms due_ms warned "
			     "since_ms created_ms closed_ms "
			     "trial_until_ms lang" },
	[TABLE_TURNOUT] = { 1, "message how counted at_ms" },
	[TABLE_SECOND_SALE] = { 1, "case_id order_id at_ms" },
	[TABLE_SUSPENSION] = { 3, "tenant account cycle delivered_ms task "
				  "released" },
	[TABLE_SURVEY] = { 3, "tenant id version body actor at_ms" },
	[TABLE_CASE] = { 1,
			 "id tenant version kind state owner address channel "
			 "account topic source ref campaign opened_ms due_ms "
			 "replied_ms visible_ms closed_ms marks cause verdict "
			 "refund_fen resurvey solved" },
	[TABLE_CASE_EVENT] = { 2, "case_id n at_ms actor name action what" },
	[TABLE_SESSION] = { 3, "tenant survey id version address ref vars lang "
			       "state reason question reprompts answered marks "
			       "unparsed message created_ms contacted_ms "
			       "started_ms closed_ms expires_ms given branch" },
	[TABLE_ANSWER] = { 5, "tenant survey session question n version token "
			      "score comment raw trace late at_ms "
			      "inbound_id" },
	[TABLE_SURVEY_TALLY] = { 6,
				 "tenant survey name question token branch n" },
	[TABLE_AUDIT] = { 1, "seq at_ms tenant actor action object detail "
			     "prev_hash hash" },
	[TABLE_CAMPAIGN] = { 1, "id tenant version state reason spec life "
				"updated_ms" },
	[TABLE_ROSTER] = { 2, "campaign n contacts" },
	[TABLE_CAMPAIGN_RUN] = { 2, "campaign run walked people claimed hash" },
	[TABLE_CAMPAIGN_TALLY] = { 4, "campaign run state reason count" },
	[TABLE_QUOTA] = { 1, "tenant day begun" },
	[TABLE_CAMPAIGN_EVENT] = { 2,
				   "campaign version at_ms actor action what" },
	[TABLE_RECIPIENT] = { 3, "campaign run n address contact arm state "
				 "reason due_ms message detail mstate mreason "
				 "mlink mupdated_ms" },
	[TABLE_CELL] = { 1, "id tenant branch department tier channel class" },
	[TABLE_BODY_HASH] = { 1, "id hash" },
	[TABLE_PURGE_WAIT] = { 1, "id due_ms" },
	[TABLE_MEASURE] = { 9, "tenant period name branch department tier "
			       "channel class detail n sum" },
	[TABLE_MEASURE_PART] = { 8, "scope period name dim value class detail "
				    "tenant n sum" },
};

const struct plan memory_plans[STATEMENTS] = {
	[STATEMENT_JOURNAL_APPEND] = { PLAN_ADD, TABLE_JOURNAL },
	[STATEMENT_JOURNAL_READ] = { PLAN_SHOW, TABLE_JOURNAL },
	[STATEMENT_JOURNAL_TRIM] = { PLAN_DROP, TABLE_JOURNAL },
	[STATEMENT_FOLD_POSITION] = { PLAN_PUT, TABLE_FOLD },
	[STATEMENT_FOLD_WHERE] = { PLAN_SHOW, TABLE_FOLD },
	[STATEMENT_FOLD_MESSAGE] = { PLAN_KEEP, TABLE_MESSAGE },
	[STATEMENT_FOLD_STATE_NEW] = { PLAN_STATE_NEW, TABLE_MESSAGE },
	[STATEMENT_FOLD_STATE] = { PLAN_STATE, TABLE_MESSAGE },
	[STATEMENT_FOLD_PEEK] = { PLAN_SHOW, TABLE_MESSAGE },
	[STATEMENT_FOLD_KIND] = { PLAN_PUT, TABLE_KIND },
	/* The counts are counted when they are asked for. */
	[STATEMENT_FOLD_TALLY] = { PLAN_NOTHING, TABLE_TALLY },
	[STATEMENT_FOLD_CELL] = { PLAN_PUT, TABLE_CELL },
	[STATEMENT_CELL_SCAN] = { PLAN_SHOW, TABLE_CELL },
	[STATEMENT_BODY_PURGE] = { PLAN_RECORD, TABLE_MESSAGE },
	[STATEMENT_INBOUND_PURGE] = { PLAN_RECORD, TABLE_INBOUND },
	[STATEMENT_BODY_HASH_PUT] = { PLAN_KEEP, TABLE_BODY_HASH },
	[STATEMENT_BODY_HASH_GET] = { PLAN_SHOW, TABLE_BODY_HASH },
	[STATEMENT_PURGE_WAIT_PUT] = { PLAN_PUT, TABLE_PURGE_WAIT },
	[STATEMENT_PURGE_WAIT_DROP] = { PLAN_DROP, TABLE_PURGE_WAIT },
	[STATEMENT_SCRUB] = { PLAN_NOTHING, TABLE_PURGE_WAIT },
	[STATEMENT_PURGE_DUE] = { PLAN_PURGE_DUE, TABLE_PURGE_WAIT },
	[STATEMENT_PURGE_WALK] = { PLAN_SHOW, TABLE_MESSAGE },
	[STATEMENT_PURGE_WALK_INBOUND] = { PLAN_SHOW, TABLE_INBOUND },
	[STATEMENT_MEASURE_ADD] = { PLAN_SUM, TABLE_MEASURE },
	[STATEMENT_MEASURE_LIST] = { PLAN_SHOW, TABLE_MEASURE },
	[STATEMENT_MEASURE_OF] = { PLAN_SHOW, TABLE_MEASURE },
	[STATEMENT_MEASURE_PART_ADD] = { PLAN_SUM, TABLE_MEASURE_PART },
	[STATEMENT_MEASURE_PARTS] = { PLAN_SHOW, TABLE_MEASURE_PART },
	[STATEMENT_MEASURE_PART_OF] = { PLAN_SHOW, TABLE_MEASURE_PART },
	[STATEMENT_KIND_SCAN] = { PLAN_SHOW, TABLE_KIND },
	[STATEMENT_FOLD_NOTICE] = { PLAN_PUT, TABLE_NOTICE },
	[STATEMENT_FOLD_NOTICE_END] = { PLAN_DROP, TABLE_NOTICE },
	[STATEMENT_FOLD_INBOUND] = { PLAN_PUT, TABLE_INBOUND },
	[STATEMENT_FOLD_STRAY] = { PLAN_PUT, TABLE_STRAY },
	[STATEMENT_FOLD_STRAY_END] = { PLAN_DROP, TABLE_STRAY },
	[STATEMENT_LIVE_COUNT] = { PLAN_LIVE_COUNT, TABLE_MESSAGE },
	[STATEMENT_MESSAGE_GET] = { PLAN_SHOW, TABLE_MESSAGE },
	[STATEMENT_MESSAGE_LIST] = { PLAN_NEWEST, TABLE_MESSAGE },
	[STATEMENT_MESSAGE_COUNTS] = { PLAN_COUNTS, TABLE_MESSAGE },
	[STATEMENT_MESSAGE_LAST] = { PLAN_LAST, TABLE_FOLD },
	[STATEMENT_LIVE_SCAN] = { PLAN_LIVE, TABLE_MESSAGE },
	[STATEMENT_RECENT_SCAN] = { PLAN_SHOW, TABLE_MESSAGE },
	[STATEMENT_HAD_SCAN] = { PLAN_HAD, TABLE_MESSAGE },
	[STATEMENT_NOTICE_SCAN] = { PLAN_SHOW, TABLE_NOTICE },
	[STATEMENT_INBOUND_GET] = { PLAN_SHOW, TABLE_INBOUND },
	[STATEMENT_INBOUND_LIST] = { PLAN_NEWEST, TABLE_INBOUND },
	[STATEMENT_INBOUND_OLDEST] = { PLAN_SHOW, TABLE_INBOUND },
	[STATEMENT_INBOUND_SCAN] = { PLAN_SHOW, TABLE_INBOUND },
	[STATEMENT_STRAY_LIST] = { PLAN_NEWEST, TABLE_STRAY },
	[STATEMENT_STRAY_SCAN] = { PLAN_SHOW, TABLE_STRAY },
	[STATEMENT_META_PUT] = { PLAN_PUT, TABLE_META },
	[STATEMENT_META_GET] = { PLAN_SHOW, TABLE_META },
	[STATEMENT_CONTACT_PUT] = { PLAN_PUT, TABLE_CONTACT },
	[STATEMENT_CONTACT_ERASE] = { PLAN_DROP, TABLE_CONTACT },
	[STATEMENT_CONTACT_GET] = { PLAN_SHOW, TABLE_CONTACT },
	[STATEMENT_CONTACT_BY_REF] = { PLAN_SHOW, TABLE_CONTACT },
	[STATEMENT_CONTACT_BY_ADDRESS] = { PLAN_BY_ADDRESS, TABLE_CONTACT },
	[STATEMENT_CONTACT_LIST] = { PLAN_SHOW, TABLE_CONTACT },
	[STATEMENT_CONTACT_SCAN] = { PLAN_WITH_ADDRESSES, TABLE_CONTACT },
	[STATEMENT_ADDRESS_PUT] = { PLAN_PUT, TABLE_ADDRESS },
	[STATEMENT_ADDRESS_DROP] = { PLAN_DROP, TABLE_ADDRESS },
	[STATEMENT_ADDRESS_OF] = { PLAN_ADDRESSES, TABLE_ADDRESS },
	[STATEMENT_PERSON_GET] = { PLAN_PERSONS, TABLE_CONTACT },
	[STATEMENT_PERSON_BY_REF] = { PLAN_PERSONS, TABLE_CONTACT },
	[STATEMENT_PERSON_BY_ADDRESS] = { PLAN_PERSONS, TABLE_CONTACT },
	[STATEMENT_PERSON_PAGE] = { PLAN_PERSONS, TABLE_CONTACT },
	[STATEMENT_MEMBER_PAGE] = { PLAN_PERSONS, TABLE_MEMBER },
	[STATEMENT_ERASED_PUT] = { PLAN_PUT, TABLE_ERASED },
	[STATEMENT_ERASED_SCAN] = { PLAN_SHOW, TABLE_ERASED },
	[STATEMENT_ALIAS_PUT] = { PLAN_PUT, TABLE_ALIAS },
	[STATEMENT_ALIAS_DROP] = { PLAN_DROP, TABLE_ALIAS },
	[STATEMENT_ALIAS_GET] = { PLAN_SHOW, TABLE_ALIAS },
	[STATEMENT_ALIAS_OF] = { PLAN_SHOW, TABLE_ALIAS },
	[STATEMENT_ALIAS_SCAN] = { PLAN_SHOW, TABLE_ALIAS },
	[STATEMENT_MEMBER_LISTS] = { PLAN_SHOW, TABLE_MEMBER },
	[STATEMENT_SEGMENT_PUT] = { PLAN_PUT, TABLE_SEGMENT },
	[STATEMENT_SEGMENT_DROP] = { PLAN_DROP, TABLE_SEGMENT },
	[STATEMENT_SEGMENT_GET] = { PLAN_SHOW, TABLE_SEGMENT },
	[STATEMENT_SEGMENT_LIST] = { PLAN_SHOW, TABLE_SEGMENT },
	[STATEMENT_MEMBER_PUT] = { PLAN_KEEP, TABLE_MEMBER },
	[STATEMENT_MEMBER_DROP] = { PLAN_DROP, TABLE_MEMBER },
	[STATEMENT_MEMBER_CLEAR] = { PLAN_DROP, TABLE_MEMBER },
	[STATEMENT_MEMBER_FORGET] = { PLAN_DROP, TABLE_MEMBER },
	[STATEMENT_MEMBER_COUNT] = { PLAN_COUNT, TABLE_MEMBER },
	[STATEMENT_CONSENT_APPEND] = { PLAN_ADD, TABLE_CONSENT },
	[STATEMENT_CONSENT_LIST] = { PLAN_SHOW, TABLE_CONSENT },
	[STATEMENT_CONSENT_SCAN] = { PLAN_SHOW, TABLE_CONSENT },
	[STATEMENT_CONSENT_STATE_SCAN] = { PLAN_SHOW, TABLE_CONSENT },
	[STATEMENT_CONSENT_HEAD] = { PLAN_HEAD, TABLE_CONSENT },
	[STATEMENT_LEDGER_HEAD_PUT] = { PLAN_KEEP, TABLE_LEDGER_HEAD },
	[STATEMENT_LEDGER_HEAD_LIST] = { PLAN_SHOW, TABLE_LEDGER_HEAD },
	[STATEMENT_LEDGER_HEAD_LAST] = { PLAN_HEAD, TABLE_LEDGER_HEAD },
	[STATEMENT_SUSPECT_PUT] = { PLAN_PUT, TABLE_SUSPECT },
	[STATEMENT_SUSPECT_DROP] = { PLAN_DROP, TABLE_SUSPECT },
	[STATEMENT_SUSPECT_LIST] = { PLAN_SHOW, TABLE_SUSPECT },
	[STATEMENT_SUSPECT_SCAN] = { PLAN_SHOW, TABLE_SUSPECT },
	[STATEMENT_REPLY_CODE_PUT] = { PLAN_PUT, TABLE_REPLY_CODE },
	[STATEMENT_REPLY_CODE_DROP] = { PLAN_DROP, TABLE_REPLY_CODE },
	[STATEMENT_REPLY_CODE_SCAN] = { PLAN_SHOW, TABLE_REPLY_CODE },
	[STATEMENT_UNANSWERED_PUT] = { PLAN_PUT, TABLE_UNANSWERED },
	[STATEMENT_UNANSWERED_DROP] = { PLAN_DROP, TABLE_UNANSWERED },
	[STATEMENT_UNANSWERED_ERASE] = { PLAN_DROP, TABLE_UNANSWERED },
	[STATEMENT_UNANSWERED_SCAN] = { PLAN_SHOW, TABLE_UNANSWERED },
	[STATEMENT_TOUCH_PUT] = { PLAN_PUT, TABLE_TOUCH },
	[STATEMENT_TOUCH_DROP] = { PLAN_DROP, TABLE_TOUCH },
	[STATEMENT_TOUCH_PURGE] = { PLAN_DROP, TABLE_TOUCH },
	[STATEMENT_TOUCH_SCAN] = { PLAN_SHOW, TABLE_TOUCH },
	[STATEMENT_IDEMPOTENCY_PUT] = { PLAN_PUT, TABLE_IDEMPOTENCY },
	[STATEMENT_IDEMPOTENCY_PURGE] = { PLAN_DROP, TABLE_IDEMPOTENCY },
	[STATEMENT_IDEMPOTENCY_SCAN] = { PLAN_SHOW, TABLE_IDEMPOTENCY },
	[STATEMENT_KEY_PUT] = { PLAN_PUT, TABLE_KEY },
	[STATEMENT_KEY_LIST] = { PLAN_SHOW, TABLE_KEY },
	[STATEMENT_USER_PUT] = { PLAN_PUT, TABLE_USER },
	[STATEMENT_USER_LIST] = { PLAN_SHOW, TABLE_USER },
	[STATEMENT_LOGIN_PUT] = { PLAN_PUT, TABLE_LOGIN },
	[STATEMENT_LOGIN_DROP] = { PLAN_DROP, TABLE_LOGIN },
	[STATEMENT_LOGIN_LIST] = { PLAN_SHOW, TABLE_LOGIN },
	[STATEMENT_TEMPLATE_PUT] = { PLAN_PUT, TABLE_TEMPLATE },
	[STATEMENT_TEMPLATE_SCAN] = { PLAN_SHOW, TABLE_TEMPLATE },
	[STATEMENT_TEMPLATE_TEXT_PUT] = { PLAN_PUT, TABLE_TEMPLATE_TEXT },
	[STATEMENT_TEMPLATE_TEXT_DROP] = { PLAN_DROP, TABLE_TEMPLATE_TEXT },
	[STATEMENT_TEMPLATE_TEXT_SCAN] = { PLAN_SHOW, TABLE_TEMPLATE_TEXT },
	[STATEMENT_TEMPLATE_TALLY_PUT] = { PLAN_PUT, TABLE_TEMPLATE_TALLY },
	[STATEMENT_TEMPLATE_TALLY_SCAN] = { PLAN_SHOW, TABLE_TEMPLATE_TALLY },
	[STATEMENT_EVENT_PUT] = { PLAN_PUT, TABLE_EVENT },
	[STATEMENT_EVENT_OF] = { PLAN_NEWEST, TABLE_EVENT },
	[STATEMENT_EVENT_LIST] = { PLAN_NEWEST, TABLE_EVENT },
	[STATEMENT_EVENT_SCAN] = { PLAN_SHOW, TABLE_EVENT },
	[STATEMENT_TRIGGER_PUT] = { PLAN_PUT, TABLE_TRIGGER },
	[STATEMENT_TRIGGER_DROP] = { PLAN_DROP, TABLE_TRIGGER },
	[STATEMENT_TRIGGER_SCAN] = { PLAN_SHOW, TABLE_TRIGGER },
	[STATEMENT_ALERT_PUT] = { PLAN_PUT, TABLE_ALERT },
	[STATEMENT_ALERT_DROP] = { PLAN_DROP, TABLE_ALERT },
	[STATEMENT_ALERT_ERASE] = { PLAN_DROP, TABLE_ALERT },
	[STATEMENT_ALERT_SCAN] = { PLAN_SHOW, TABLE_ALERT },
	[STATEMENT_ALERT_FAN_PUT] = { PLAN_PUT, TABLE_ALERT_FAN },
	[STATEMENT_ALERT_FAN_DROP] = { PLAN_DROP, TABLE_ALERT_FAN },
	[STATEMENT_ALERT_FAN_SCAN] = { PLAN_SHOW, TABLE_ALERT_FAN },
	[STATEMENT_MARK_PUT] = { PLAN_PUT, TABLE_MARK },
	[STATEMENT_MARK_SCAN] = { PLAN_SHOW, TABLE_MARK },
	[STATEMENT_REMINDER_PUT] = { PLAN_PUT, TABLE_REMINDER },
	[STATEMENT_REMINDER_LIST] = { PLAN_NEWEST, TABLE_REMINDER },
	[STATEMENT_REMINDER_SCAN] = { PLAN_SHOW, TABLE_REMINDER },
	[STATEMENT_CALLBACK_PUT] = { PLAN_PUT, TABLE_CALLBACK },
	[STATEMENT_CALLBACK_ERASE] = { PLAN_BLANK, TABLE_CALLBACK,
				       "address ref note" },
	[STATEMENT_CALLBACK_LINK_DROP] = { PLAN_DROP, TABLE_CALLBACK_LINK },
	[STATEMENT_CALLBACK_LIST] = { PLAN_NEWEST, TABLE_CALLBACK },
	[STATEMENT_CALLBACK_GET] = { PLAN_SHOW, TABLE_CALLBACK },
	[STATEMENT_CALLBACK_SCAN] = { PLAN_SHOW, TABLE_CALLBACK },
	[STATEMENT_CALLBACK_LINK_PUT] = { PLAN_PUT, TABLE_CALLBACK_LINK },
	[STATEMENT_CALLBACK_LINK_SCAN] = { PLAN_SHOW, TABLE_CALLBACK_LINK },
	[STATEMENT_FINDING_PUT] = { PLAN_PUT, TABLE_FINDING },
	[STATEMENT_FINDING_LIST] = { PLAN_NEWEST, TABLE_FINDING },
	[STATEMENT_FINDING_SCAN] = { PLAN_SHOW, TABLE_FINDING },
	[STATEMENT_ONCALL_PUT] = { PLAN_PUT, TABLE_ONCALL },
	[STATEMENT_ONCALL_LIST] = { PLAN_NEWEST, TABLE_ONCALL },
	[STATEMENT_ONCALL_SCAN] = { PLAN_SHOW, TABLE_ONCALL },
	[STATEMENT_ORDER_PUT] = { PLAN_PUT, TABLE_ORDER },
	[STATEMENT_ORDER_ERASE] = { PLAN_BLANK, TABLE_ORDER,
				    "address code_hash" },
	[STATEMENT_ORDER_LIST] = { PLAN_NEWEST, TABLE_ORDER },
	[STATEMENT_ORDER_GET] = { PLAN_SHOW, TABLE_ORDER },
	[STATEMENT_ORDER_SCAN] = { PLAN_SHOW, TABLE_ORDER },
	[STATEMENT_ORDER_CONFIRMED_SCAN] = { PLAN_SHOW, TABLE_ORDER },
	[STATEMENT_TURNOUT_PUT] = { PLAN_PUT, TABLE_TURNOUT },
	[STATEMENT_TURNOUT_PURGE] = { PLAN_DROP, TABLE_TURNOUT },
	[STATEMENT_TURNOUT_SCAN] = { PLAN_SHOW, TABLE_TURNOUT },
	[STATEMENT_SECOND_SALE_PUT] = { PLAN_KEEP, TABLE_SECOND_SALE },
	[STATEMENT_SECOND_SALE_SCAN] = { PLAN_SHOW, TABLE_SECOND_SALE },
	[STATEMENT_SUSPENSION_PUT] = { PLAN_PUT, TABLE_SUSPENSION },
	[STATEMENT_SUSPENSION_SCAN] = { PLAN_SHOW, TABLE_SUSPENSION },
	[STATEMENT_SURVEY_PUT] = { PLAN_PUT, TABLE_SURVEY },
	[STATEMENT_SURVEY_SCAN] = { PLAN_SHOW, TABLE_SURVEY },
	[STATEMENT_CASE_PUT] = { PLAN_PUT, TABLE_CASE },
	[STATEMENT_CASE_GET] = { PLAN_SHOW, TABLE_CASE },
	[STATEMENT_CASE_LIST] = { PLAN_NEWEST, TABLE_CASE },
	[STATEMENT_CASE_OPEN_SCAN] = { PLAN_SHOW, TABLE_CASE },
	[STATEMENT_CASE_SCAN] = { PLAN_SHOW, TABLE_CASE },
	[STATEMENT_CASE_EVENT_APPEND] = { PLAN_ADD, TABLE_CASE_EVENT },
	[STATEMENT_CASE_EVENT_ERASE] = { PLAN_BLANK_OF, TABLE_CASE_EVENT,
					 "what", TABLE_CASE, "case_id" },
	[STATEMENT_CASE_ERASE] = { PLAN_BLANK, TABLE_CASE,
				   "address account ref" },
	[STATEMENT_CASE_EVENTS] = { PLAN_SHOW, TABLE_CASE_EVENT },
	[STATEMENT_SESSION_PUT] = { PLAN_PUT, TABLE_SESSION },
	[STATEMENT_SESSION_LIST] = { PLAN_SHOW, TABLE_SESSION },
	[STATEMENT_SESSION_GET] = { PLAN_SHOW, TABLE_SESSION },
	[STATEMENT_SESSION_SCAN] = { PLAN_SHOW, TABLE_SESSION },
	[STATEMENT_ANSWER_PUT] = { PLAN_PUT, TABLE_ANSWER },
	[STATEMENT_ANSWER_LIST] = { PLAN_SHOW, TABLE_ANSWER },
	[STATEMENT_SESSION_FORGET] = { PLAN_BLANK, TABLE_SESSION,
				       "address ref vars" },
	[STATEMENT_ANSWERS_FORGET] = { PLAN_BLANK, TABLE_ANSWER,
				       "comment raw trace" },
	[STATEMENT_ANSWER_ERASE] = { PLAN_BLANK_OF, TABLE_ANSWER,
				     "comment raw trace", TABLE_SESSION,
				     "session" },
	[STATEMENT_SESSION_ERASE] = { PLAN_BLANK, TABLE_SESSION,
				      "address ref vars" },
	[STATEMENT_REMINDER_ERASE] = { PLAN_BLANK, TABLE_REMINDER,
				       "event account cycle to text" },
	[STATEMENT_EVENT_ERASE] = { PLAN_BLANK, TABLE_EVENT,
				    "to account data" },
	[STATEMENT_MARK_ERASE] = { PLAN_DROP, TABLE_MARK },
	[STATEMENT_SUSPENSION_ERASE] = { PLAN_DROP, TABLE_SUSPENSION },
	[STATEMENT_RECIPIENT_ERASE] = { PLAN_BLANK_OF, TABLE_RECIPIENT,
					"address", TABLE_CAMPAIGN, "campaign" },
	[STATEMENT_ONCALL_ERASE] = { PLAN_BLANK, TABLE_ONCALL, "address text" },
	[STATEMENT_ONCALL_CUT] = { PLAN_CUT, TABLE_ONCALL, "text" },
	[STATEMENT_FINDING_CUT] = { PLAN_CUT, TABLE_FINDING, "text answer" },
	[STATEMENT_TOUCH_ERASE] = { PLAN_DROP, TABLE_TOUCH },
	[STATEMENT_EVENT_PURGE] = { PLAN_DROP, TABLE_EVENT },
	[STATEMENT_EVENT_OLD] = { PLAN_SHOW, TABLE_EVENT },
	[STATEMENT_SURVEY_TALLY_ADD] = { PLAN_SUM, TABLE_SURVEY_TALLY },
	[STATEMENT_SURVEY_TALLIES] = { PLAN_SHOW, TABLE_SURVEY_TALLY },
	[STATEMENT_AUDIT_APPEND] = { PLAN_ADD, TABLE_AUDIT },
	[STATEMENT_AUDIT_OF] = { PLAN_SHOW, TABLE_AUDIT },
	[STATEMENT_AUDIT_LIST] = { PLAN_SHOW, TABLE_AUDIT },
	[STATEMENT_AUDIT_HEAD] = { PLAN_HEAD, TABLE_AUDIT },
	[STATEMENT_CAMPAIGN_PUT] = { PLAN_PUT, TABLE_CAMPAIGN },
	[STATEMENT_CAMPAIGN_SCAN] = { PLAN_SHOW, TABLE_CAMPAIGN },
	[STATEMENT_ROSTER_PUT] = { PLAN_PUT, TABLE_ROSTER },
	[STATEMENT_ROSTER_DROP] = { PLAN_DROP, TABLE_ROSTER },
	[STATEMENT_ROSTER_READ] = { PLAN_SHOW, TABLE_ROSTER },
	[STATEMENT_CAMPAIGN_RUN_PUT] = { PLAN_PUT, TABLE_CAMPAIGN_RUN },
	[STATEMENT_CAMPAIGN_RUN_SCAN] = { PLAN_SHOW, TABLE_CAMPAIGN_RUN },
	[STATEMENT_CAMPAIGN_TALLY_PUT] = { PLAN_PUT, TABLE_CAMPAIGN_TALLY },
	[STATEMENT_CAMPAIGN_TALLY_SCAN] = { PLAN_SHOW, TABLE_CAMPAIGN_TALLY },
	[STATEMENT_CAMPAIGN_COUNT] = { PLAN_CAMPAIGN_COUNTS, TABLE_MESSAGE },
	[STATEMENT_CAMPAIGN_COUNT_SCAN] = { PLAN_CAMPAIGN_COUNTS,
					    TABLE_MESSAGE },
	[STATEMENT_CAMPAIGN_EVENT_APPEND] = { PLAN_ADD, TABLE_CAMPAIGN_EVENT },
	[STATEMENT_CAMPAIGN_EVENTS] = { PLAN_SHOW, TABLE_CAMPAIGN_EVENT },
	[STATEMENT_CAMPAIGN_AUDIENCE] = { PLAN_WITH_ADDRESSES, TABLE_CONTACT },
	[STATEMENT_QUOTA_PUT] = { PLAN_PUT, TABLE_QUOTA },
	[STATEMENT_QUOTA_SCAN] = { PLAN_SHOW, TABLE_QUOTA },
	[STATEMENT_RECIPIENT_PUT] = { PLAN_PUT, TABLE_RECIPIENT },
	[STATEMENT_RECIPIENT_NEXT] = { PLAN_RECIPIENTS, TABLE_RECIPIENT },
	[STATEMENT_RECIPIENT_DUE] = { PLAN_DUE, TABLE_RECIPIENT },
	/* Without what became of the messages. */
	[STATEMENT_RECIPIENT_LIST] = { PLAN_SHOW, TABLE_RECIPIENT },
};

void memory_tables_shape(struct memory_table v[MEMORY_TABLES])
{
	must(v != NULL);
	for (unsigned i = 0; i < MEMORY_TABLES; i++) {
		v[i].columns = memory_schema[i].columns;
		v[i].nkey = memory_schema[i].nkey;
	}
}

/* ---- matching --------------------------------------------------------------- */

/* How column `name` of a row must stand to an argument. */
struct bound {
	const char *prefix;
	bool below, equal, above;
};

static const struct bound bounds[] = {
	{ "since_", false, true, true },   { "after_", false, false, true },
	{ "before_", true, false, false }, { "upto_", true, true, false },
	{ "", false, true, false },
};

static bool bound_holds(const struct bound *b, int diff)
{
	return diff < 0 ? b->below : diff == 0 ? b->equal : b->above;
}

/* One word of a call's arguments against a row. No such column: it holds. */
static bool memory_holds(const struct memory_table *t,
			 const struct memory_row *row, struct str word,
			 const struct cell *arg)
{
	unsigned i = 0;

	if (str_starts(word, STR("within_"))) {
		struct str s = row->v[memory_column(t, str_from(word, 7))].s;

		return str_starts(s, arg->s) &&
		       (s.len == arg->s.len || s.p[arg->s.len] == '/');
	}
	while (!str_starts(word, str_of(bounds[i].prefix)))
		i++;
	word = str_from(word, strlen(bounds[i].prefix));
	/* Before the id 0 is no bound either. */
	bool open = arg->type == CELL_NULL ||
		    (str_eqz(word, "id") && bounds[i].below && arg->i == 0);
	if (word.len > 0 && word.p[word.len - 1] == '?')
		word.len--;
	else if (bounds[i].prefix[0] == '\0')
		open = false;
	int column =
		memory_column(t, str_eqz(word, "ms") ? STR("at_ms") : word);
	if (column < 0 || open)
		return true;
	return bound_holds(&bounds[i], memory_compare(&row->v[column], arg));
}

bool memory_matches(const struct memory_table *t, const struct memory_row *row,
		    enum statement st, const struct cell *args)
{
	struct str rest = str_of(statements[st].args), word;

	for (unsigned i = 0; rest.len > 0; i++) {
		rest = str_cut(rest, ' ', &word);
		if (!memory_holds(t, row, word, &args[i]))
			return false;
	}
	return true;
}

/* The argument "limit", or none. */
size_t memory_limit(enum statement st, const struct cell *args)
{
	struct str rest = str_of(statements[st].args), word;

	for (unsigned i = 0; rest.len > 0; i++) {
		rest = str_cut(rest, ' ', &word);
		if (str_eqz(word, "limit"))
			return args[i].i < 0 ? SIZE_MAX : (size_t)args[i].i;
	}
	return SIZE_MAX;
}

bool memory_show(struct memory_showing *s, const struct memory_table *t,
		 const struct memory_row *from, const struct memory_table *t2,
		 const struct memory_row *from2)
{
	struct row row = { 0 };
	struct str rest = str_of(statements[s->st].columns), word;

	while (rest.len > 0) {
		rest = str_cut(rest, ' ', &word);
		int at = memory_column(t, word);
		struct cell *c = &row.v[row.n++];
		*c = at >= 0         ? from->v[at]
		     : from2 == NULL ? CELL_N
				     : from2->v[memory_column(t2, word)];
	}
	s->left--;
	return s->show(s->owner, &row) && s->left > 0;
}
