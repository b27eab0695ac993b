// One function for each DAV method. All have the same shape and stand in one table (handler.cpp).
#pragma once

#include "caldav/services.h"
#include "core/http.h"
#include "core/result.h"
#include "core/uri.h"
#include "domain/principal.h"

namespace caldav {

struct Call {
    const core::Request& request;
    const core::Target& target;
    const domain::Principal& who;
    const Services& services;
};

using Method = core::Result<core::Response> (*)(const Call&);

// propfind.cpp, proppatch.cpp, make_collection.cpp
core::Result<core::Response> propfind(const Call& call);
core::Result<core::Response> proppatch(const Call& call);
core::Result<core::Response> make_collection(const Call& call); // MKCALENDAR and MKCOL

core::Result<core::Response> post(const Call& call);
core::Result<core::Response> manage_attachments(const Call& call); // managed_attachments.cpp
core::Result<core::Response> acl(const Call& call);

// object_methods.cpp, copy_move.cpp
core::Result<core::Response> get(const Call& call); // and HEAD
core::Result<core::Response> put(const Call& call);
core::Result<core::Response> remove(const Call& call);
core::Result<core::Response> copy(const Call& call);
core::Result<core::Response> move(const Call& call);

// report.cpp
core::Result<core::Response> report(const Call& call);

} // namespace caldav
