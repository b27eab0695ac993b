// The repository of what is to be told by mail (storage/outbox.h).
#pragma once

#include "storage/outbox.h"
#include "storage/sql/connection.h"

namespace storage::sql {

class SqlOutbox final : public Outbox {
public:
    explicit SqlOutbox(Connection& connection) : connection_(connection) {}
    void announce(std::int64_t session, std::string_view former, core::Instant due) override;
    [[nodiscard]] std::vector<Announcement>
    due_announcements(core::Instant now, std::size_t limit_rows) const override;
    void announced(std::int64_t session, std::int64_t next_sequence) override;
    void note_delivery(std::int64_t session, core::Instant now) override;
    [[nodiscard]] std::vector<std::int64_t> due_deliveries(core::Instant now,
                                                           std::size_t limit_rows) const override;
    void delivery_written(std::int64_t session) override;
    void look_at_reminders(std::int64_t session, core::Instant now) override;
    [[nodiscard]] std::vector<DueReminder> due_reminders(core::Instant now,
                                                         std::size_t limit_rows) const override;
    void reminded(std::int64_t session, core::Instant handled,
                  std::optional<core::Instant> next) override;
    std::int64_t insert(const Mail& mail) override;
    std::vector<Mail> claim(core::Instant now, core::Instant lease_end,
                            std::size_t limit_rows) override;
    [[nodiscard]] std::optional<Mail> find(std::int64_t id) const override;
    void sent(std::int64_t id, core::Instant at) override;
    void retry(std::int64_t id, core::Instant due, std::string_view failure) override;
    void give_up(std::int64_t id, std::string_view failure) override;
    [[nodiscard]] std::vector<Mail> list(std::size_t limit_rows) const override;
    [[nodiscard]] std::vector<Mail> mails_of(std::int64_t session) const override;
    void forget(MailState state, core::Instant before) override;

private:
    Connection& connection_;
};

} // namespace storage::sql
