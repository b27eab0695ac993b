// The transaction object of every driver: the repositories over one connection. Whoever owns the
// connection begins and ends the transaction.
#pragma once

#include "storage/sql/attachments.h"
#include "storage/sql/grants.h"
#include "storage/sql/outbox.h"
#include "storage/sql/repositories.h"
#include "storage/sql/shares.h"

namespace storage::sql {

class Transaction final : public WriteTransaction {
public:
    explicit Transaction(Connection& connection);

    [[nodiscard]] const Accounts& accounts() const override { return accounts_; }
    [[nodiscard]] const Collections& collections() const override { return collections_; }
    [[nodiscard]] const Objects& objects() const override { return objects_; }
    [[nodiscard]] const Properties& properties() const override { return properties_; }
    [[nodiscard]] const Sessions& sessions() const override { return sessions_; }
    [[nodiscard]] const Feeds& feeds() const override { return feeds_; }
    [[nodiscard]] const Versions& versions() const override { return versions_; }
    [[nodiscard]] const Facts& facts() const override { return facts_; }
    [[nodiscard]] const Outbox& outbox() const override { return outbox_; }
    [[nodiscard]] const Grants& grants() const override { return grants_; }
    [[nodiscard]] const Shares& shares() const override { return shares_; }
    [[nodiscard]] const Attachments& attachments() const override { return attachments_; }

    [[nodiscard]] Accounts& accounts() override { return accounts_; }
    [[nodiscard]] Collections& collections() override { return collections_; }
    [[nodiscard]] Objects& objects() override { return objects_; }
    [[nodiscard]] Properties& properties() override { return properties_; }
    [[nodiscard]] Sessions& sessions() override { return sessions_; }
    [[nodiscard]] Feeds& feeds() override { return feeds_; }
    [[nodiscard]] Versions& versions() override { return versions_; }
    [[nodiscard]] Facts& facts() override { return facts_; }
    [[nodiscard]] Outbox& outbox() override { return outbox_; }
    [[nodiscard]] Grants& grants() override { return grants_; }
    [[nodiscard]] Shares& shares() override { return shares_; }
    [[nodiscard]] Attachments& attachments() override { return attachments_; }

private:
    SqlAccounts accounts_;
    SqlCollections collections_;
    SqlObjects objects_;
    SqlProperties properties_;
    SqlSessions sessions_;
    SqlFeeds feeds_;
    SqlVersions versions_;
    SqlFacts facts_;
    SqlOutbox outbox_;
    SqlGrants grants_;
    SqlShares shares_;
    SqlAttachments attachments_;
};

} // namespace storage::sql
