/* Users as JSON: never their passwords. */
#pragma once

#include "console/users.h"

void user_json(struct buf *b, const struct user *u);
/* The members alone. */
void user_members(struct buf *b, const struct user *u);
/* ["marketer", "approver"], and the permissions that follow. */
void who_roles_json(struct buf *b, const struct who *w);
void who_permissions_json(struct buf *b, const struct who *w);
/* Its version, for ETag and If-Match. */
void user_etag(const struct user *u, char out[24]);
