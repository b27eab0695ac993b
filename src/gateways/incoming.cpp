#include "src/gateways/incoming.h"

#include "core/strings.h"
#include "src/gateways/gmime_objects.h"

#include <memory>

namespace gateways {

namespace {

// GMime goes as deep as a mail does, on the stack. Every level needs a boundary or a message type
// of its own, so their number bounds the depth before anything is parsed.
bool may_nest_too_deep(std::string_view text) {
    const std::string lower = core::to_lower(text);
    std::size_t levels = 0;
    for (const std::string_view mark : {"boundary", "message/"}) {
        for (std::size_t at = lower.find(mark); at != std::string::npos;
             at = lower.find(mark, at + mark.size())) {
            ++levels;
        }
    }
    return levels > incoming_parts_max;
}

bool is_report(GMimeObject* part) {
    GMimeContentType* const type = g_mime_object_get_content_type(part);
    return g_mime_content_type_is_type(type, "message", "delivery-status") != FALSE
           || g_mime_content_type_is_type(type, "message", "global-delivery-status") != FALSE;
}

std::string decoded_content(GMimePart* part) {
    GMimeDataWrapper* const content = g_mime_part_get_content(part);
    if (content == nullptr) {
        return {};
    }
    const Owned<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, memory.get());
    const GByteArray* const bytes =
        g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

// One field of a report: "Status: 5.1.1 (no such user)".
void read_field(DeliveryReport& report, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return;
    }
    const std::string_view name = core::trim(line.substr(0, colon));
    const std::string_view value = core::trim(line.substr(colon + 1));
    if (core::iequals(name, "Action")) {
        report.action = core::to_lower(value);
    } else if (core::iequals(name, "Status")) {
        report.status = value.substr(0, value.find_first_of(" \t("));
    } else if (core::iequals(name, "Diagnostic-Code")) {
        report.diagnostic = value;
    }
}

// Groups of fields with empty lines between; the first is about the mail, each of the others about
// one recipient.
void read_reports(std::string_view text, std::vector<DeliveryReport>& reports) {
    DeliveryReport report;
    std::string field;
    const auto end_field = [&] {
        read_field(report, field);
        field.clear();
    };
    const auto end_group = [&] {
        end_field();
        if (!report.action.empty() && reports.size() < incoming_reports_max) {
            reports.push_back(report);
        }
        report = {};
    };
    for (const std::string_view each : core::split(text, '\n')) {
        const bool folded = !each.empty() && (each.front() == ' ' || each.front() == '\t');
        const std::string_view line = core::trim(each);
        if (line.empty()) {
            end_group();
        } else if (folded) {
            field.append(" ").append(line);
        } else {
            end_field();
            field = line;
        }
    }
    end_group();
}

class Reader {
public:
    core::Done read(GMimeObject* part, std::size_t depth) {
        if (part == nullptr) {
            return {};
        }
        if (++parts_ > incoming_parts_max || depth > incoming_depth_max) {
            return core::fail(core::Errc::invalid_input, "The mail has too many parts.");
        }
        if (GMIME_IS_MULTIPART(part)) {
            GMimeMultipart* const whole = GMIME_MULTIPART(part);
            const int count = g_mime_multipart_get_count(whole);
            for (int i = 0; i < count; ++i) {
                TRYV(read(g_mime_multipart_get_part(whole, i), depth + 1));
            }
        } else if (GMIME_IS_TEXT_PART(part)
                   && g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text",
                                                  "calendar")) {
            const std::unique_ptr<char, Free> text(
                g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
            if (text && mail_.calendars.size() < incoming_calendars_max) {
                mail_.calendars.emplace_back(text.get());
            }
        } else if (GMIME_IS_PART(part) && is_report(part)) {
            read_reports(decoded_content(GMIME_PART(part)), mail_.reports);
        }
        return {};
    }
    void read_headers(GMimeObject* message) {
        GMimeHeaderList* const headers = g_mime_object_get_header_list(message);
        const int count = g_mime_header_list_get_count(headers);
        for (int i = 0; i < count; ++i) {
            GMimeHeader* const header = g_mime_header_list_get_header_at(headers, i);
            const char* const value = g_mime_header_get_value(header);
            const std::string_view name = g_mime_header_get_name(header);
            if (core::iequals(name, "Received")) {
                ++mail_.received;
            } else if (core::iequals(name, "Auto-Submitted") && value != nullptr) {
                mail_.automatic = !core::istarts_with(core::trim(value), "no");
            }
        }
    }
    IncomingMail mail_;

private:
    std::size_t parts_ = 0;
};

} // namespace

core::Result<IncomingMail> read_mail(std::string_view text) {
    if (text.size() > incoming_bytes_max) {
        return core::fail(core::Errc::too_large, "The mail is too large.");
    }
    if (may_nest_too_deep(text)) {
        return core::fail(core::Errc::invalid_input, "The mail has too many parts.");
    }
    start_gmime();
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (!message) {
        return core::fail(core::Errc::invalid_input, "This is no mail.");
    }
    Reader reader;
    reader.read_headers(GMIME_OBJECT(message.get()));
    TRYV(reader.read(g_mime_message_get_mime_part(message.get()), 0));
    return std::move(reader.mail_);
}

} // namespace gateways
