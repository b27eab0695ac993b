// A 207 answer (RFC 4918 section 13), written forward into one buffer.
#pragma once

#include "caldav/names.h"
#include "caldav/xml_writer.h"
#include "core/http.h"
#include "core/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caldav {

// A property's answer: its XML (a complete element) where the status is 200, else only its name.
struct PropertyAnswer {
    Name name;
    int status = 200;
    std::string xml;                                   // for 200 of PROPFIND and REPORT
    core::Condition condition = core::Condition::none; // for PROPPATCH's failures
};

// Groups the answers by status and condition into propstats.
void write_propstats(XmlWriter& writer, const std::vector<PropertyAnswer>& answers);

class Multistatus {
public:
    Multistatus();

    // With `minimal` (Prefer: return=minimal, Brief: t) the 404 propstat is left out (RFC 8144
    // section 2.1).
    void add(std::string_view href, const std::vector<PropertyAnswer>& answers,
             bool minimal = false);
    // The same for many resources: the complete elements of what was found, and the empty elements
    // of what was not, both joined. Nothing missing, or `minimal`: pass an empty `missing`. The
    // href is canonical, as resource.h makes them.
    void add_rendered(std::string_view href, std::string_view found, std::string_view missing);
    // A response with a status and no propstat: a member that is gone (R-C12, 404), a truncated
    // answer (507), with its condition if any.
    void add_status(std::string_view href, int status,
                    core::Condition condition = core::Condition::none);
    void sync_token(std::string_view token); // RFC 6578 section 6.4, last
    [[nodiscard]] std::size_t size() const { return writer_.size(); }
    [[nodiscard]] core::Response finish();

private:
    XmlWriter writer_;
};

} // namespace caldav
