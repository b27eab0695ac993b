// The repository of managed attachments (storage/attachments.h).
#pragma once

#include "storage/attachments.h"
#include "storage/sql/connection.h"

namespace storage::sql {

class SqlAttachments final : public Attachments {
public:
    explicit SqlAttachments(Connection& connection) : connection_(connection) {}
    [[nodiscard]] std::optional<Attachment> find(std::string_view managed_id) const override;
    [[nodiscard]] std::vector<Attachment> list_of_object(std::int64_t object) const override;
    [[nodiscard]] std::vector<AttachmentUse> uses(std::int64_t attachment) const override;
    [[nodiscard]] std::int64_t bytes(std::string_view owner) const override;
    void for_each(const std::function<void(const Attachment&)>& visit) const override;
    void hold_content(std::string_view hash, std::int64_t size) override;
    std::int64_t insert(const Attachment& attachment) override;
    void use(std::int64_t object, std::int64_t attachment) override;
    void release(std::int64_t object, std::int64_t attachment) override;
    [[nodiscard]] std::vector<std::int64_t> unnoted(std::size_t limit) const override;
    void note_unused(std::int64_t attachment, core::Instant now) override;
    std::size_t forget(core::Instant before, std::size_t limit) override;
    [[nodiscard]] std::vector<std::string> idle_content(std::size_t limit) const override;
    [[nodiscard]] bool has_content(std::string_view hash) const override;
    bool remove_content(std::string_view hash) override;

private:
    Connection& connection_;
};

} // namespace storage::sql
