#include "src/gateways/smtp.h"

#include "core/unavailable.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace gateways {

namespace {

constexpr long first_permanent = 500;
constexpr long past_permanent = 600;
constexpr long authentication_required = 530;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t read_some(char* buffer, std::size_t size, std::size_t count, void* source) {
    auto& rest = *static_cast<std::string_view*>(source);
    const std::size_t taken = std::min(size * count, rest.size());
    std::memcpy(buffer, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
}

// What the last answer of the server means for this mail and for all others.
Outcome outcome_of(CURLcode result, long answer) {
    switch (result) {
    case CURLE_OK:
        return Outcome::sent;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_LOGIN_DENIED:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_OPERATION_TIMEDOUT:
        return Outcome::unreachable;
    default:
        break;
    }
    const bool permanent =
        answer >= first_permanent && answer < past_permanent && answer != authentication_required;
    return permanent ? Outcome::refused : Outcome::later;
}

} // namespace

struct SmtpClient::Handle {
    CURL* curl = curl_easy_init();
    std::array<char, CURL_ERROR_SIZE> error{};

    Handle() = default;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { curl_easy_cleanup(curl); }
};

SmtpClient::SmtpClient(SmtpOptions options)
    : options_(std::move(options)), handle_(std::make_unique<Handle>()) {
    CURL* const curl = handle_->curl;
    if (curl == nullptr) {
        throw core::Unavailable("libcurl does not start");
    }
    curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, options_.timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->error.data());
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(options_.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!options_.certificates_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options_.certificates_file.c_str());
    }
    if (!options_.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_some);
}

SmtpClient::~SmtpClient() = default;

Delivery SmtpClient::send(const std::string& sender, const std::string& recipient,
                          const std::string& text) {
    CURL* const curl = handle_->curl;
    std::string_view rest = text;
    const std::unique_ptr<curl_slist, FreeList> recipients(
        curl_slist_append(nullptr, ("<" + recipient + ">").c_str()));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + sender + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
    handle_->error.front() = '\0';
    const CURLcode result = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(curl, CURLOPT_READDATA, nullptr);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    const Outcome outcome = outcome_of(result, answer);
    if (outcome == Outcome::sent) {
        return {outcome, ""};
    }
    const std::string_view detail = handle_->error.data();
    return {outcome, (answer != 0 ? std::to_string(answer) + ' ' : std::string())
                         + std::string(detail.empty() ? curl_easy_strerror(result) : detail)};
}

} // namespace gateways
