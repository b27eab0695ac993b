#include "src/gateways/mime.h"

#include "src/gateways/gmime_objects.h"

#include <algorithm>
#include <memory>

namespace gateways {

namespace {

// Header values have no line ends and no control characters; GMime folds and encodes the rest.
std::string header_value(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7f;
        },
        ' ');
    return text;
}

void add_mailbox(GMimeMessage* message, GMimeAddressType type, const Mailbox& mailbox) {
    const std::string name = header_value(mailbox.name);
    const std::string address = header_value(mailbox.address);
    g_mime_message_add_mailbox(message, type, name.empty() ? nullptr : name.c_str(),
                               address.c_str());
}

Owned<GMimeTextPart> text_part(const char* subtype, const std::string& text,
                               GMimeContentEncoding encoding) {
    Owned<GMimeTextPart> part(g_mime_text_part_new_with_subtype(subtype));
    // The bytes as they are: GMime's way to set a text writes it in the least charset that has it.
    const Owned<GMimeStream> bytes(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
    const Owned<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(bytes.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(GMIME_PART(part.get()), content.get());
    g_mime_text_part_set_charset(part.get(), "utf-8");
    g_mime_part_set_content_encoding(GMIME_PART(part.get()), encoding);
    return part;
}

Owned<GMimeTextPart> calendar_part(const InvitationMail& mail) {
    auto part = text_part("calendar", mail.calendar, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "method",
                                             mail.method.c_str());
    return part;
}

Owned<GMimeMultipart> multipart(const char* subtype, const std::string& boundary) {
    Owned<GMimeMultipart> part(g_mime_multipart_new_with_subtype(subtype));
    g_mime_multipart_set_boundary(part.get(), boundary.c_str());
    return part;
}

void add(const Owned<GMimeMultipart>& whole, GMimeObject* part) {
    g_mime_multipart_add(whole.get(), part);
}

Owned<GMimeMultipart> body(const InvitationMail& mail) {
    // The random part of the Message-ID: no text can have foreseen it.
    const std::string unique = mail.message_id.substr(0, mail.message_id.find('@'));
    auto alternative = multipart("alternative", "=_a_" + unique);
    const auto plain = text_part("plain", mail.plain, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    const auto html = text_part("html", mail.html, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    add(alternative, GMIME_OBJECT(plain.get()));
    add(alternative, GMIME_OBJECT(html.get()));
    if (mail.calendar.empty()) {
        return alternative;
    }
    const auto calendar = calendar_part(mail);
    add(alternative, GMIME_OBJECT(calendar.get()));

    const auto attachment = calendar_part(mail);
    g_mime_object_set_disposition(GMIME_OBJECT(attachment.get()), "attachment");
    g_mime_part_set_filename(GMIME_PART(attachment.get()), "invite.ics");
    auto mixed = multipart("mixed", "=_m_" + unique);
    add(mixed, GMIME_OBJECT(alternative.get()));
    add(mixed, GMIME_OBJECT(attachment.get()));
    return mixed;
}

std::string with_crlf(std::string_view text) {
    std::string lines;
    lines.reserve(text.size() + text.size() / 50);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) {
            lines += '\r';
        }
        lines += text[i];
    }
    return lines;
}

} // namespace

std::string to_mime(const InvitationMail& mail) {
    start_gmime();
    const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
    add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, mail.from);
    for (const Mailbox& mailbox : {mail.reply_to, mail.answers_to}) {
        if (!mailbox.address.empty()) {
            add_mailbox(message.get(), GMIME_ADDRESS_TYPE_REPLY_TO, mailbox);
        }
    }
    add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, {"", mail.to});
    g_mime_message_set_subject(message.get(), header_value(mail.subject).c_str(), "utf-8");
    g_mime_message_set_message_id(message.get(), header_value(mail.message_id).c_str());
    GDateTime* const date = g_date_time_new_from_unix_utc(mail.date.seconds);
    g_mime_message_set_date(message.get(), date);
    g_date_time_unref(date);
    // No answers by machines that are out of office (RFC 3834).
    g_mime_object_set_header(GMIME_OBJECT(message.get()), "Auto-Submitted", "auto-generated",
                             "utf-8");
    const auto parts = body(mail);
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(parts.get()));
    const std::unique_ptr<char, Free> text(
        g_mime_object_to_string(GMIME_OBJECT(message.get()), nullptr));
    return with_crlf(text.get());
}

} // namespace gateways
