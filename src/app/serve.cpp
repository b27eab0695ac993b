#include "src/app/serve.h"

#include "core/limits.h"
#include "core/log.h"
#include "domain/accounts.h"
#include "src/app/care.h"
#include "src/app/mail_receiver.h"
#include "src/app/mail_sender.h"
#include "src/app/practice.h"
#include "src/gateways/incoming.h"
#include "src/net/server.h"
#include "src/routes/router.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <thread>

namespace app {

namespace {

// Signals are taken by one thread that waits for them, so that nothing runs in a handler.
class SignalWaiter {
public:
    // Before any other thread starts: threads inherit the mask.
    SignalWaiter() {
        sigemptyset(&set_);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
            sigaddset(&set_, signal);
        }
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    ~SignalWaiter() {
        if (thread_.joinable()) {
            pthread_kill(thread_.native_handle(), SIGUSR1); // wakes the waiter to end it
            thread_.join();
        }
    }
    SignalWaiter(const SignalWaiter&) = delete;
    SignalWaiter& operator=(const SignalWaiter&) = delete;

    void watch(net::Server& server) {
        thread_ = std::thread([this, &server] {
            int signal = 0;
            while (sigwait(&set_, &signal) == 0 && signal != SIGUSR1) {
                if (signal == SIGHUP) {
                    const bool done = server.reload_certificate();
                    core::log(core::LogLevel::info, "certificate reload",
                              {{"ok", done ? "yes" : "no"}});
                } else {
                    core::log(core::LogLevel::info, "stopping");
                    server.stop();
                }
            }
        });
    }

private:
    sigset_t set_{};
    std::thread thread_;
};

void use_actual_port(Config& config, std::uint16_t port) {
    if (config.server.port == 0 && config.policy.public_url.ends_with(":0")) {
        config.policy.public_url.pop_back();
        config.policy.public_url += std::to_string(port);
    }
}

// Nothing without [mail] lmtp_listen.
std::unique_ptr<net::LmtpServer> listen_for_mail(Practice& practice) {
    const MailOptions& mail = practice.config.mail;
    if (mail.lmtp_host.empty()) {
        return nullptr;
    }
    net::LmtpOptions options;
    options.host = mail.lmtp_host;
    options.port = mail.lmtp_port;
    options.limits.message_bytes = gateways::incoming_bytes_max;
    auto server = std::make_unique<net::LmtpServer>(options, make_lmtp_handler(practice));
    core::log(core::LogLevel::info, "taking_mail", {{"port", std::to_string(server->port())}});
    return server;
}

} // namespace

int serve(Config config) {
    SignalWaiter signals;
    core::set_log_level(config.log_level);
    const auto practice = open_practice(std::move(config));
    domain::Authenticator authenticator(*practice->store, practice->clock);
    routes::TextCache feed_texts(core::limits::feed_texts_bytes);
    const domain::Attachments attachments(practice->calendars, *practice->folder,
                                          practice->config.policy, practice->clock);
    const routes::Site site{*practice->store, practice->calendars,       attachments,
                            authenticator,    practice->clock,           practice->config.policy,
                            practice->keys,   practice->config.exposure, feed_texts};
    net::Server server(practice->config.server, [&site](const core::Request& request) {
        return routes::serve(request, site);
    });
    use_actual_port(practice->config, server.port());
    if (const auto done = practice->calendars.follow_public_url(*practice->store); !done) {
        std::cerr << "appointed: " << done.error().detail << '\n';
        return 1;
    }
    const Care care(*practice->store, *practice->folder, practice->clock, practice->config.policy,
                    std::chrono::seconds(core::limits::care_interval_seconds));
    const MailSender mail_sender(*practice);
    const auto mail_receiver = listen_for_mail(*practice);
    signals.watch(server);
    core::log(
        core::LogLevel::info, "serving",
        {{"url", practice->config.policy.public_url}, {"port", std::to_string(server.port())}});
    server.run();
    core::log(core::LogLevel::info, "stopped");
    return 0;
}

} // namespace app
