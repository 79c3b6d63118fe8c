/* What each verb does; the table of them is in verbs.c. */
#pragma once

#include "cli/cli.h"
#include "cli/print.h"

/* messages.c */
extern const struct option send_options[], list_options[], ask_options[];
int verb_send(struct cli *c, const struct args *a);
int verb_messages_list(struct cli *c, const struct args *a);
int verb_messages_show(struct cli *c, const struct args *a);
int verb_messages_cancel(struct cli *c, const struct args *a);
int verb_check(struct cli *c, const struct args *a);
int verb_route_explain(struct cli *c, const struct args *a);

/* contacts.c, import.c */
extern const struct option import_options[], export_options[];
extern const struct option contacts_list_options[], contacts_show_options[];
/* The rows of an upload that failed, shown and written to --errors FILE. */
int import_failed(struct cli *c, const struct args *a);
int verb_contacts_import(struct cli *c, const struct args *a);
int verb_contacts_export(struct cli *c, const struct args *a);
int verb_contacts_list(struct cli *c, const struct args *a);
int verb_contacts_show(struct cli *c, const struct args *a);
int verb_contacts_merge(struct cli *c, const struct args *a);
int verb_contacts_erase(struct cli *c, const struct args *a);

/* cases.c */
extern const struct option case_list_options[], case_open_options[];
extern const struct option case_act_options[];
int verb_case_list(struct cli *c, const struct args *a);
int verb_case_show(struct cli *c, const struct args *a);
int verb_case_open(struct cli *c, const struct args *a);
int verb_case_do(struct cli *c, const struct args *a);

/* consent.c */
extern const struct option grant_options[], withdraw_options[];
extern const struct option evidence_options[], verify_options[];
extern const struct option heads_options[], end_options[];
int verb_consent_grant(struct cli *c, const struct args *a);
int verb_consent_withdraw(struct cli *c, const struct args *a);
int verb_consent_show(struct cli *c, const struct args *a);
int verb_consent_evidence(struct cli *c, const struct args *a);
int verb_consent_verify(struct cli *c, const struct args *a);
int verb_consent_list(struct cli *c, const struct args *a);
int verb_consent_end(struct cli *c, const struct args *a);
int verb_consent_heads(struct cli *c, const struct args *a);

/* suppress.c */
extern const struct option suspect_options[], suppression_options[];
int verb_suspect_list(struct cli *c, const struct args *a);
int verb_suspect_clear(struct cli *c, const struct args *a);
int verb_suspect_confirm(struct cli *c, const struct args *a);
int verb_suppression_list(struct cli *c, const struct args *a);
int verb_suppression_import(struct cli *c, const struct args *a);

/* templates.c */
extern const struct option template_write_options[], template_step_options[];
extern const struct option template_approve_options[];
extern const struct option template_reject_options[];
extern const struct option template_preview_options[], template_diff_options[];
int verb_template_list(struct cli *c, const struct args *a);
int verb_template_show(struct cli *c, const struct args *a);
int verb_template_diff(struct cli *c, const struct args *a);
int verb_template_lint(struct cli *c, const struct args *a);
int verb_template_preview(struct cli *c, const struct args *a);
int verb_template_write(struct cli *c, const struct args *a);
int verb_template_submit(struct cli *c, const struct args *a);
int verb_template_approve(struct cli *c, const struct args *a);
int verb_template_reject(struct cli *c, const struct args *a);
int verb_template_activate(struct cli *c, const struct args *a);
int verb_template_retire(struct cli *c, const struct args *a);

/* triggers.c */
int verb_trigger_list(struct cli *c, const struct args *a);
int verb_trigger_show(struct cli *c, const struct args *a);
int verb_trigger_put(struct cli *c, const struct args *a);
int verb_trigger_delete(struct cli *c, const struct args *a);

/* reports.c */
extern const struct option report_month_options[];
int verb_report_month(struct cli *c, const struct args *a);
/* rules.c */
int verb_rules_list(struct cli *c, const struct args *a);
int verb_rules_show(struct cli *c, const struct args *a);

/* node.c */
extern const struct option key_options[], audit_options[];
int verb_link_list(struct cli *c, const struct args *a);
int verb_link_show(struct cli *c, const struct args *a);
int verb_link_hold(struct cli *c, const struct args *a);
int verb_link_release(struct cli *c, const struct args *a);
int verb_link_rebind(struct cli *c, const struct args *a);
extern const struct option limit_options[];
int verb_link_set(struct cli *c, const struct args *a);
int verb_key_create(struct cli *c, const struct args *a);
int verb_key_list(struct cli *c, const struct args *a);
int verb_key_revoke(struct cli *c, const struct args *a);
int verb_audit_list(struct cli *c, const struct args *a);
int verb_audit_verify(struct cli *c, const struct args *a);
/* All of a file, for mem_free; NULL: errno says why. */
char *file_text(const char *name);
int verb_event_import(struct cli *c, const struct args *a);
extern const struct option event_post_options[], event_list_options[];
extern const struct option reminder_list_options[];
int verb_event_post(struct cli *c, const struct args *a);
int verb_event_list(struct cli *c, const struct args *a);
int verb_event_types(struct cli *c, const struct args *a);
int verb_reminder_list(struct cli *c, const struct args *a);
int verb_reminder_cancel(struct cli *c, const struct args *a);
int verb_reminder_called(struct cli *c, const struct args *a);

/* callbacks.c */
extern const struct option callback_ask_options[], callback_list_options[];
extern const struct option callback_agent_options[], callback_link_options[];
extern const struct option callback_cancel_options[];
int verb_callback_ask(struct cli *c, const struct args *a);
int verb_callback_list(struct cli *c, const struct args *a);
int verb_callback_show(struct cli *c, const struct args *a);
int verb_callback_next(struct cli *c, const struct args *a);
int verb_callback_result(struct cli *c, const struct args *a);
int verb_callback_cancel(struct cli *c, const struct args *a);
int verb_callback_link(struct cli *c, const struct args *a);

/* calls.c */
extern const struct option call_pop_options[];
int verb_call_pop(struct cli *c, const struct args *a);

/* oncall.c */
extern const struct option oncall_list_options[];
int verb_oncall_list(struct cli *c, const struct args *a);
int verb_oncall_ack(struct cli *c, const struct args *a);

/* findings.c */
extern const struct option finding_send_options[], finding_list_options[];
extern const struct option finding_answer_options[];
int verb_finding_send(struct cli *c, const struct args *a);
int verb_finding_list(struct cli *c, const struct args *a);
int verb_finding_answer(struct cli *c, const struct args *a);

/* threads.c */
extern const struct option thread_list_options[], thread_show_options[];
extern const struct option thread_reply_options[], thread_hand_over_options[];
extern const struct option inbox_list_options[];
int verb_inbox_list(struct cli *c, const struct args *a);
int verb_inbox_reply(struct cli *c, const struct args *a);
int verb_inbox_show(struct cli *c, const struct args *a);
int verb_inbox_hand_over(struct cli *c, const struct args *a);
int verb_inbox_take(struct cli *c, const struct args *a);
int verb_inbox_done(struct cli *c, const struct args *a);
int verb_thread_list(struct cli *c, const struct args *a);
int verb_thread_show(struct cli *c, const struct args *a);
int verb_thread_reply(struct cli *c, const struct args *a);
int verb_thread_hand_over(struct cli *c, const struct args *a);

/* alerts.c */
extern const struct option alert_set_options[], alert_list_options[];
int verb_alert_set(struct cli *c, const struct args *a);
int verb_alert_list(struct cli *c, const struct args *a);
int verb_alert_remove(struct cli *c, const struct args *a);

/* orders.c */
extern const struct option order_ask_options[], order_list_options[];
int verb_order_ask(struct cli *c, const struct args *a);
int verb_order_list(struct cli *c, const struct args *a);
int verb_order_show(struct cli *c, const struct args *a);
int verb_order_end(struct cli *c, const struct args *a);
int verb_offer_list(struct cli *c, const struct args *a);

/* surveys.c */
extern const struct option survey_parse_options[], survey_ask_options[];
extern const struct option survey_sessions_options[];
extern const struct option survey_results_options[];
int verb_survey_put(struct cli *c, const struct args *a);
int verb_survey_list(struct cli *c, const struct args *a);
int verb_survey_show(struct cli *c, const struct args *a);
int verb_survey_parse(struct cli *c, const struct args *a);
int verb_survey_ask(struct cli *c, const struct args *a);
int verb_survey_sessions(struct cli *c, const struct args *a);
int verb_survey_results(struct cli *c, const struct args *a);
int verb_backup(struct cli *c, const struct args *a);

/* campaigns.c */
extern const struct option campaign_list_options[], campaign_step_options[];
extern const struct option campaign_results_options[];
int verb_campaign_list(struct cli *c, const struct args *a);
int verb_campaign_create(struct cli *c, const struct args *a);
int verb_campaign_edit(struct cli *c, const struct args *a);
int verb_campaign_clone(struct cli *c, const struct args *a);
int verb_campaign_simulate(struct cli *c, const struct args *a);
int verb_campaign_submit(struct cli *c, const struct args *a);
int verb_campaign_approve(struct cli *c, const struct args *a);
int verb_campaign_return(struct cli *c, const struct args *a);
int verb_campaign_pilot(struct cli *c, const struct args *a);
int verb_campaign_test(struct cli *c, const struct args *a);
int verb_campaign_sign_off(struct cli *c, const struct args *a);
int verb_campaign_briefed(struct cli *c, const struct args *a);
int verb_campaign_schedule(struct cli *c, const struct args *a);
int verb_campaign_start(struct cli *c, const struct args *a);
int verb_campaign_pause(struct cli *c, const struct args *a);
int verb_campaign_resume(struct cli *c, const struct args *a);
int verb_campaign_cancel(struct cli *c, const struct args *a);
int verb_campaign_status(struct cli *c, const struct args *a);
int verb_campaign_results(struct cli *c, const struct args *a);

/* segments.c */
extern const struct option segment_create_options[], segment_page_options[];
int verb_segment_list(struct cli *c, const struct args *a);
int verb_segment_show(struct cli *c, const struct args *a);
int verb_segment_count(struct cli *c, const struct args *a);
int verb_segment_members(struct cli *c, const struct args *a);
int verb_segment_say(struct cli *c, const struct args *a);
int verb_segment_create(struct cli *c, const struct args *a);

/* people.c */
extern const struct option user_options[], user_change_options[];
int verb_user_create(struct cli *c, const struct args *a);
int verb_user_list(struct cli *c, const struct args *a);
int verb_user_show(struct cli *c, const struct args *a);
int verb_user_change(struct cli *c, const struct args *a);
int verb_user_password(struct cli *c, const struct args *a);
int verb_user_unlock(struct cli *c, const struct args *a);
int verb_user_remove(struct cli *c, const struct args *a);
int verb_session_list(struct cli *c, const struct args *a);
int verb_session_end(struct cli *c, const struct args *a);
int verb_login(struct cli *c, const struct args *a);
int verb_logout(struct cli *c, const struct args *a);
int verb_password(struct cli *c, const struct args *a);
int verb_whoami(struct cli *c, const struct args *a);

/* replay.c */
extern const struct option replay_options[];
int verb_replay(struct cli *c, const struct args *a);

/* import_kannel.c */
extern const struct option import_kannel_options[];
int verb_import_kannel(struct cli *c, const struct args *a);

/* status.c */
extern const struct option status_options[];
int verb_status(struct cli *c, const struct args *a);
int verb_doctor(struct cli *c, const struct args *a);

/* The proof of a chain, as the API answers it. */
int show_proof(struct cli *c, const char *path);
