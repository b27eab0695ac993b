// Sends what the outbox holds, beside the server. Any number of processes may do so over one
// database: a mail is claimed for some minutes by whoever sends it.
#pragma once

#include "src/app/practice.h"
#include "src/gateways/smtp.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace app {

// Hands one mail on: sender, recipient, text.
using Deliver =
    std::function<gateways::Delivery(const std::string&, const std::string&, const std::string&)>;

// Does what is due now, until nothing is or `stopping` says so.
void send_due_mails(Practice& practice, const Deliver& deliver, const std::atomic<bool>& stopping);

// A thread that does so every second; none without a mail server in the configuration. Throws
// std::runtime_error if the password file cannot be read.
class MailSender {
public:
    explicit MailSender(Practice& practice);
    MailSender(const MailSender&) = delete;
    MailSender& operator=(const MailSender&) = delete;
    ~MailSender(); // after the mail that it is at

private:
    void work();

    Practice& practice_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_; // last: it uses all the others
};

} // namespace app
