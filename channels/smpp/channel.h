/* The SMPP channel: one link to a carrier, of one or more binds. */
#pragma once

#include <stdint.h>

#include "channels/record/recorder.h"
#include "model/channel.h"

enum smpp_bind_kind {
	SMPP_BIND_KIND_TRANSCEIVER,
	SMPP_BIND_KIND_TRANSMITTER,
	SMPP_BIND_KIND_RECEIVER,
	SMPP_BIND_KIND_PAIR, /* a transmitter and a receiver */
};

enum smpp_charset {
	SMPP_CHARSET_GSM7,        /* data_coding 0: one septet a byte */
	SMPP_CHARSET_GSM7_PACKED, /* data_coding 0: septets packed */
	SMPP_CHARSET_LATIN1,      /* data_coding 0: ISO 8859-1 */
	SMPP_CHARSET_ASCII,       /* data_coding 0: ASCII and no more */
};

enum smpp_dlr {
	SMPP_DLR_NONE,
	SMPP_DLR_FINAL,
	SMPP_DLR_FAILURE,
	SMPP_DLR_INTERMEDIATE, /* final ones too */
};

/* Acknowledgements of the phone and its user that are asked for. */
enum smpp_sme_ack {
	SMPP_SME_ACK_NONE,
	SMPP_SME_ACK_DELIVERY,
	SMPP_SME_ACK_USER,
	SMPP_SME_ACK_BOTH,
};

#define SMPP_REPLY_DIGITS_MAX 6

/* How receipt ids relate to response ids; applied by the gateway. */
enum smpp_message_id {
	SMPP_MESSAGE_ID_AUTO, /* learn it */
	SMPP_MESSAGE_ID_SAME,
	SMPP_MESSAGE_ID_HEX_DEC, /* response hexadecimal, receipt decimal */
	SMPP_MESSAGE_ID_DEC_HEX, /* response decimal, receipt hexadecimal */
};

/* When a message of several parts is delivered; applied by the gateway. */
enum smpp_receipt_rule {
	SMPP_RECEIPT_ALL, /* every part was */
	SMPP_RECEIPT_ANY, /* one part was */
	SMPP_RECEIPT_LAST /* the last part was */
};

/* What becomes of a submit that gets no answer in time. */
enum smpp_no_answer {
	SMPP_NO_ANSWER_UNKNOWN, /* it is in doubt */
	SMPP_NO_ANSWER_RETRY,   /* it is sent again, and may arrive twice */
	SMPP_NO_ANSWER_REBIND,  /* it is in doubt, and the bind is dropped */
};

enum smpp_validity {
	SMPP_VALIDITY_OFF,
	SMPP_VALIDITY_ABSOLUTE, /* UTC */
	SMPP_VALIDITY_RELATIVE,
};

/* What a section `smpp name { ... }` fills; the table is in settings.c. */
struct smpp_cfg {
	char *host;
	int64_t port;
	char *system_id;
	char *password;
	char *system_type;
	int interface_version; /* 0: 3.3, 1: 3.4, 2: 5.0 */
	int bind;              /* enum smpp_bind_kind */
	int64_t binds;
	struct setting_list alternates; /* hosts */
	char *outbind_listen;           /* "": the link dials */
	char *outbind_system_id;
	char *outbind_password;
	int tls; /* 0: off */
	char *ca_file;
	char *cert_file;
	char *key_file;
	char *tls_name; /* "": the host's */
	bool verify;

	int64_t window; /* unanswered PDUs of one bind */
	int64_t rate;   /* parts a second, 0: no limit; kept by the lane */
	int64_t burst;
	int64_t cost;
	int64_t reply_digits; /* behind source; put there by the gateway */

	char *source;
	int source_ton; /* 0: auto, else TON + 1 */
	int source_npi; /* 0: auto, else index into settings.c's table */
	char *service_type;
	int charset; /* enum smpp_charset */
	int64_t data_coding;
	struct setting_list shift_tables;
	int concat; /* enum sms_concat */
	int64_t max_parts;
	int dlr; /* enum smpp_dlr */
	bool dlr_text;
	int message_id;   /* enum smpp_message_id */
	int receipt_rule; /* enum smpp_receipt_rule */
	int query;        /* off, doubt; this and the next are the lane's */
	int64_t query_interval_ms;
	int64_t query_tries;
	int64_t query_rate;
	int validity; /* enum smpp_validity */
	int64_t priority;
	int64_t protocol_id;
	int mode; /* of esm_class: its two lowest bits */
	bool reply_path;
	bool replace_if_present;
	int64_t default_msg_id;
	int sme_ack;             /* enum smpp_sme_ack */
	struct setting_list tlv; /* of every submit, see extras.h */
	struct setting_list status;
	int unknown_status; /* 0: retry, 1: refused, 2: broken */
	int no_answer;      /* enum smpp_no_answer */
	int64_t throttle_hold_ms;

	char *country;
	char *tenant;
	int64_t mo_window;
	int64_t mo_sets;
	int64_t mo_parts_hold_ms;
	int64_t mo_parts_wait_ms;
	int64_t again_ms;

	int64_t dial_timeout_ms;
	int64_t bind_timeout_ms;
	int64_t response_timeout_ms;
	int64_t enquire_link_ms;
	int64_t enquire_misses;
	int64_t inactivity_ms;
	int64_t unbind_timeout_ms;
	int64_t reconnect_min_ms;
	int64_t reconnect_max_ms;
	int64_t already_bound_ms;
	int64_t bind_refusals;
	int64_t malformed_max;
	struct recorder_cfg record;
};

extern const struct setting_section smpp_settings;
extern const struct channel_ops smpp_channel_ops;
