/* The handlers of the API, one for each route of routes.c, and the tables of
 * the bodies they read. */
#pragma once

#include "console/request.h"

/* api_messages.c, api_check.c */
extern const struct fields message_fields;
void api_messages_post(struct request *r);
void api_message_get(struct request *r);
void api_messages_list(struct request *r);
void api_message_cancel(struct request *r);
void api_messages_check(struct request *r);
void api_route_explain(struct request *r);

/* api_contacts.c, import.c */
extern const struct fields contact_fields;
void api_contacts_list(struct request *r);
void api_contacts_post(struct request *r);
/* api_search.c: does the query look for something, and the answer to it. */
bool search_asked(struct request *r);
void search_run(struct request *r, struct str tenant, uint64_t after,
		size_t want);
void api_contact_merge(struct request *r);
extern const struct fields merge_fields;
extern const struct query contacts_query[], import_query[];
void api_contact_get(struct request *r);
void api_contact_patch(struct request *r);
void api_contact_delete(struct request *r);
void api_contacts_export(struct request *r);
void api_import_begin(struct request *r);

/* api_campaigns.c, api_campaign_acts.c, api_recipients.c */
extern const struct fields campaign_fields;
extern const struct fields campaign_note_fields, campaign_test_fields;
void api_campaigns_list(struct request *r);
void api_campaigns_post(struct request *r);
void api_campaign_get(struct request *r);
void api_campaign_patch(struct request *r);
void api_campaign_clone(struct request *r);
void api_campaign_events(struct request *r);
void api_campaign_act(struct request *r);
void api_campaign_simulate(struct request *r);
void api_campaign_submit(struct request *r);
void api_campaign_pilot(struct request *r);
void api_campaign_sign_off(struct request *r);
void api_campaign_briefed(struct request *r);
void api_campaign_complaint(struct request *r);
void api_campaign_test(struct request *r);
void api_recipients_list(struct request *r);
void api_campaign_results(struct request *r);

/* api_segments.c, api_members.c */
extern const struct fields segment_fields_new, segment_fields_edit;
extern const struct fields count_fields, members_fields;
void api_segments_list(struct request *r);
void api_segments_post(struct request *r);
void api_segment_get(struct request *r);
void api_segment_patch(struct request *r);
void api_segment_delete(struct request *r);
void api_segments_count(struct request *r);
void api_segment_count(struct request *r);
void api_members_list(struct request *r);
void api_members_post(struct request *r);

/* api_consents.c, evidence.c */
extern const struct fields consent_fields;
void api_consents_post(struct request *r);
void api_consents_verify(struct request *r);
extern const struct query verify_query[], heads_query[];
void api_consents_heads(struct request *r);

/* api_subscriptions.c */
extern const struct fields unsubscribe_fields;
void api_subscriptions_get(struct request *r);
void api_unsubscribe(struct request *r);

/* api_suspects.c, api_suppress.c */
extern const struct fields suspect_fields;
extern const struct query suppress_query[];
void api_suspects_list(struct request *r);
void api_suspect_settle(struct request *r);
void api_suppress_begin(struct request *r);
void api_suppressions_list(struct request *r);

void api_address_get(struct request *r);
extern const struct query evidence_query[];
void api_address_evidence(struct request *r);

/* api_copy.c */
extern const struct fields copy_fields;
void api_message_verify(struct request *r);

/* api_reports.c */
void api_report_month(struct request *r);

/* api_packs.c */
void api_rules_list(struct request *r);
void api_rules_get(struct request *r);

/* api_keys.c */
extern const struct fields key_fields;
extern const struct fields link_fields;
void api_keys_list(struct request *r);
void api_keys_post(struct request *r);
void api_key_revoke(struct request *r);

/* api_templates.c, api_template_look.c */
extern const struct fields template_fields, template_step_fields;
extern const struct fields template_preview_fields;
void api_templates_list(struct request *r);
void api_templates_post(struct request *r);
void api_template_get(struct request *r);
void api_template_version_get(struct request *r);
void api_template_put(struct request *r);
void api_template_submit(struct request *r);
void api_template_approve(struct request *r);
void api_template_reject(struct request *r);
void api_template_activate(struct request *r);
void api_template_retire(struct request *r);
void api_templates_lint(struct request *r);
void api_template_lint(struct request *r);
void api_template_diff(struct request *r);
void api_templates_preview(struct request *r);

/* api_users.c */
extern const struct fields user_fields, user_password_fields;
void api_users_list(struct request *r);
void api_users_post(struct request *r);
void api_user_get(struct request *r);
void api_user_patch(struct request *r);
void api_user_delete(struct request *r);
void api_user_password(struct request *r);
void api_user_unlock(struct request *r);

/* api_sessions.c, api_me.c */
extern const struct fields session_fields, me_password_fields;
void api_session_open(struct request *r);
void api_sessions_list(struct request *r);
void api_session_end(struct request *r);
void api_me(struct request *r);
void api_me_password(struct request *r);

/* api_cases.c */
extern const struct fields case_fields, case_act_fields;
void api_cases_list(struct request *r);
void api_cases_post(struct request *r);
void api_case_get(struct request *r);
void api_case_act(struct request *r);

/* api_findings.c */
extern const struct fields finding_fields, finding_answer_fields;
void api_findings_list(struct request *r);
void api_findings_post(struct request *r);
void api_finding_answer(struct request *r);

/* api_oncall.c */
void api_oncall_list(struct request *r);
void api_oncall_ack(struct request *r);
void api_inbox_reply(struct request *r);
void api_inbox_take(struct request *r);
void api_inbox_done(struct request *r);
void api_inbox_thread(struct request *r);
void api_inbox_hand_over(struct request *r);

/* api_threads.c */
extern const struct fields thread_fields;
void api_thread_get(struct request *r);
void api_screen_pop(struct request *r); /* api_screen_pop.c */
void api_thread_reply(struct request *r);
extern const struct fields hand_over_fields;
void api_thread_hand_over(struct request *r);

/* api_links.c */
void api_links_list(struct request *r);
void api_link_get(struct request *r);
void api_link_hold(struct request *r);
void api_link_release(struct request *r);
void api_link_rebind(struct request *r);
void api_link_patch(struct request *r);

/* reply.c: after the last row of {"...": [...]}, what the store said. */
void api_rows_end(struct request *r, int rc);

/* api_triggers.c */
void api_triggers_list(struct request *r);
void api_trigger_get(struct request *r);
void api_trigger_put(struct request *r);
void api_trigger_delete(struct request *r);

/* api_surveys.c, api_survey_results.c */
extern const struct fields survey_parse_fields;
extern const struct fields survey_ask_fields;
void api_surveys_list(struct request *r);
void api_surveys_post(struct request *r);
void api_survey_get(struct request *r);
void api_survey_parse(struct request *r);
void api_survey_ask(struct request *r);
void api_survey_sessions(struct request *r);
void api_survey_session(struct request *r);
void api_survey_session_cancel(struct request *r);
void api_survey_results(struct request *r);

/* api_callbacks.c, api_callback_links.c */
extern const struct fields callback_fields, callback_next_fields;
extern const struct fields callback_result_fields, callback_cancel_fields;
extern const struct fields callback_link_fields;
void api_callbacks_list(struct request *r);
void api_callbacks_post(struct request *r);
void api_callback_get(struct request *r);
void api_callbacks_next(struct request *r);
void api_callback_result(struct request *r);
void api_callback_cancel(struct request *r);
void api_callback_links_post(struct request *r);
void api_callback_page(struct request *r);
void api_callback_page_post(struct request *r);

/* api_alerts.c */
extern const struct fields alert_fields;
void api_alerts_list(struct request *r);
void api_alerts_post(struct request *r);
void api_alert_delete(struct request *r);

/* api_orders.c */
extern const struct fields order_fields;
void api_offers_list(struct request *r);
void api_orders_list(struct request *r);
void api_orders_post(struct request *r);
void api_order_get(struct request *r);
void api_order_end(struct request *r);

/* api_events.c, occurrence.c */
extern const struct fields occurrence_fields;
void api_events_post(struct request *r);
void api_events_csv(struct request *r);
void api_events_list(struct request *r);
void api_event_types(struct request *r);
void api_reminders_list(struct request *r);
void api_reminder_called(struct request *r);
extern const struct fields reminder_cancel_fields;
void api_reminder_cancel(struct request *r);

/* api_inbox.c */
void api_inbox_list(struct request *r);

/* api_receipts.c */
void api_receipts_unmatched(struct request *r);

/* api_ops.c, api_audit.c */
extern const struct fields backup_fields;
void api_healthz(struct request *r);
void api_readyz(struct request *r);
void api_metrics(struct request *r);
void api_version(struct request *r);
void api_status(struct request *r);
void api_backup(struct request *r);
void api_audit_list(struct request *r);
void api_audit_verify(struct request *r);
/* openapi.c */
void api_openapi(struct request *r);

/* hooks.c, kannel.c, stream.c */
void api_hook_in(struct request *r);
void api_kannel(struct request *r);
void stream_serve(struct request *r);
