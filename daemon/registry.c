/* Introduces the implementations to the core. */
#include "daemon/registry.h"

#include "campaigns/campaigns.h"
#include "campaigns/library.h"
#include "campaigns/reminders.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/orders.h"
#include "care/faq.h"
#include "care/findings.h"
#include "care/keyword.h"
#include "care/oncall.h"
#include "care/voicemail.h"
#include "care/sla.h"
#include "care/work_hours.h"
#include "channels/fake/fake.h"
#include "channels/mqtt/channel.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/server.h"
#include "channels/webhook/out.h"
#include "console/server.h"
#include "daemon/dlr.h"
#include "daemon/sections.h"
#include "gateway/classes.h"
#include "gateway/gateway.h"
#include "gateway/groups.h"
#include "gateway/packs.h"
#include "reports/report.h"

const struct channel_ops *const registry_channels[] = {
	&smpp_channel_ops,
	&mqtt_channel_ops,
	&webhook_channel_ops,
	&fake_channel_ops,
};
const size_t registry_nchannels = ARRAY_LEN(registry_channels);

size_t registry_sections(struct setting_section out[REGISTRY_SECTIONS_MAX])
{
	const struct setting_section *const own[] = {
		&node_section,       &store_section,
		&log_section,        &http_section,
		&hook_section,       &kannel_user_section,
		&gateway_section,    &class_section,
		&route_section,      &smpp_server_settings,
		&kannel_section,     &templates_section,
		&surveys_section,    &campaigns_section,
		&pack_section,       &group_section,
		&events_section,     &trigger_section,
		&login_section,      &report_section,
		&cases_section,      &callbacks_section,
		&queue_section,      &agent_section,
		&orders_section,     &offer_section,
		&faq_section,        &sla_section,
		&work_hours_section, &oncall_section,
		&voicemail_section,  &findings_section,
		&keywords_section,   &keyword_section,
	};
	size_t n = 0;

	must(ARRAY_LEN(own) + registry_nchannels <= REGISTRY_SECTIONS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		out[n++] = *own[i];
	for (size_t i = 0; i < registry_nchannels; i++)
		out[n++] = *registry_channels[i]->settings;
	return n;
}
