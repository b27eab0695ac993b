#include "bench/subject.h"

#include "bench/load.h"
#include "bench/measure.h"

#include <stdexcept>

namespace bench {

Request Subject::request(std::string method, std::string path, std::string body) const {
    Request request{std::move(method), std::move(path), {}, std::move(body)};
    if (!authorization_.empty()) {
        request.headers.emplace_back("Authorization", authorization_);
    }
    return request;
}

Request Subject::put_request(std::string path, std::string text) const {
    Request put = request("PUT", std::move(path), std::move(text));
    put.headers.emplace_back("Content-Type", "text/calendar; charset=utf-8");
    return put;
}

void Subject::make_calendar(const std::string& name) {
    const OneAnswer answer = ask(port(), request("MKCALENDAR", path(name)));
    if (answer.status != 201) {
        throw std::runtime_error(this->name()
                                 + " makes no calendar: " + std::to_string(answer.status));
    }
}

std::string Subject::filled(std::size_t size) {
    auto known = filled_.find(size);
    if (known == filled_.end()) {
        const std::string calendar = "of-" + std::to_string(size);
        make_calendar(calendar);
        fill(calendar, Calendar(seed, size));
        known = filled_.emplace(size, calendar).first;
    }
    return known->second;
}

std::string Subject::command(const std::vector<std::string>& /*arguments*/,
                             const std::string& /*input*/) {
    throw std::runtime_error(name() + " has no such command");
}

void Subject::launch(const Launch& launch, int port) {
    process_.reset(); // one at a time
    port_ = static_cast<std::uint16_t>(port);
    process_ = std::make_unique<Process>(launch);
    wait_for_answer(*process_, port_, request("OPTIONS", home_));
}

} // namespace bench
