#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "core/uri.h"
#include "domain/accounts.h"
#include "domain/failure_limiter.h"

#include <condition_variable>
#include <map>
#include <mutex>

namespace domain {

namespace {

constexpr std::int64_t cache_seconds = 10 * 60;
constexpr std::size_t cache_entries = 10'000;
constexpr int hashes_at_once = 2;  // argon2id takes 64 MiB and a core each
constexpr int hashes_waiting = 64; // more wait in their clients (503)
// A person mistypes a few times; a clinic's network shares one address.
constexpr FailureLimiter::Limits per_account_and_address{10, 5 * 60, 20'000};
constexpr FailureLimiter::Limits per_address{100, 5 * 60, 20'000};

// ISO 8859-1 read as bytes becomes UTF-8 (R-C23).
std::string latin1_to_utf8(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xc0 | (byte >> 6));
            out += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return out;
}

// As sent, UTF-8 or Latin-1. Stores keep text, and no text holds a zero byte.
std::optional<storage::Account> find_by_bytes(const storage::ReadTransaction& transaction,
                                              std::string_view login) {
    if (login.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    return transaction.accounts().find_by_login(core::is_valid_utf8(login) ? std::string(login)
                                                                           : latin1_to_utf8(login));
}

Principal principal_of(const storage::Account& account) {
    return {account.id, account.login, account.name, account.email, account.admin};
}

// At most so many threads inside at once; a bounded number waits.
class Gate {
public:
    // False if too many wait already; else leave() is owed.
    bool enter() {
        std::unique_lock lock(mutex_);
        if (waiting_ >= hashes_waiting) {
            return false;
        }
        ++waiting_;
        changed_.wait(lock, [this] { return inside_ < hashes_at_once; });
        --waiting_;
        ++inside_;
        return true;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        --inside_;
        changed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
    int waiting_ = 0;
};

// Leaves the gate however the scope ends.
struct GateLeaver {
    Gate& gate;
    explicit GateLeaver(Gate& entered) : gate(entered) {}
    ~GateLeaver() { gate.leave(); }
    GateLeaver(const GateLeaver&) = delete;
    GateLeaver& operator=(const GateLeaver&) = delete;
};

} // namespace

class Authenticator::Impl {
public:
    Impl(storage::Store& store, const core::Clock& clock) : store_(store), clock_(clock) {
        core::random_bytes(cache_key_);
        // What an unknown user's password is compared with, so that the answer takes as long.
        unknown_user_hash_ = core::hash_password(core::random_token(16));
    }

    core::Result<Principal> authenticate(std::string_view login, std::string_view password,
                                         std::string_view peer_address) {
        const auto account = find_account(login);
        const std::string key =
            (account ? account->login : core::to_lower(login)) + '\n' + std::string(peer_address);
        if (account && is_cached(*account, password)) {
            return principal_of(*account);
        }
        TRYV(check_limits(key, std::string(peer_address)));
        const bool right = TRY(verify(account, password));
        const std::lock_guard lock(mutex_);
        if (!right) {
            account_limiter_.record_failure(key, clock_.now());
            address_limiter_.record_failure(std::string(peer_address), clock_.now());
            return core::fail(core::Errc::unauthenticated, "The login or the password is wrong.");
        }
        account_limiter_.forget(key);
        remember(*account, password);
        return principal_of(*account);
    }

private:
    struct Verified {
        core::Digest credentials{};
        std::string password_hash;
        core::Instant until;
    };

    std::optional<storage::Account> find_account(std::string_view login) {
        auto account = store_.read([&](const storage::ReadTransaction& transaction) {
            auto found = find_by_bytes(transaction, login);
            if (!found && login.find('%') != std::string_view::npos) {
                if (const auto decoded = core::percent_decode(login)) {
                    found = find_by_bytes(transaction, *decoded);
                }
            }
            return found;
        });
        return account && !account->disabled ? account : std::nullopt;
    }

    core::Digest credentials_of(const storage::Account& account, std::string_view password) const {
        return core::hmac_sha256(cache_key_, account.id + '\n' + std::string(password));
    }

    bool is_cached(const storage::Account& account, std::string_view password) {
        const core::Digest credentials = credentials_of(account, password);
        const std::lock_guard lock(mutex_);
        const auto found = verified_.find(account.id);
        // A changed password has another hash, so every process forgets the old one at once.
        return found != verified_.end() && clock_.now() < found->second.until
               && found->second.password_hash == account.password_hash
               && found->second.credentials == credentials;
    }

    core::Done check_limits(const std::string& key, const std::string& address) {
        const std::lock_guard lock(mutex_);
        if (account_limiter_.is_blocked(key, clock_.now())
            || address_limiter_.is_blocked(address, clock_.now())) {
            return core::fail(core::Errc::rate_limited,
                              "Too many wrong passwords. Try again in a few minutes.");
        }
        return {};
    }

    core::Result<bool> verify(const std::optional<storage::Account>& account,
                              std::string_view password) {
        if (password.size() > core::limits::password_bytes_max) {
            return false;
        }
        if (!gate_.enter()) {
            return core::fail(core::Errc::unavailable, "Too many logins at once.");
        }
        const GateLeaver leaver(gate_);
        const std::string& hash = account ? account->password_hash : unknown_user_hash_;
        bool right = core::verify_password(hash, password);
        if (!right && !core::is_valid_utf8(password)) {
            right = core::verify_password(hash, latin1_to_utf8(password));
        }
        return right && account.has_value();
    }

    void remember(const storage::Account& account, std::string_view password) {
        if (verified_.size() >= cache_entries) {
            verified_.clear();
        }
        verified_[account.id] = {credentials_of(account, password), account.password_hash,
                                 clock_.now() + cache_seconds};
    }

    storage::Store& store_;
    const core::Clock& clock_;
    core::Key cache_key_{};
    std::string unknown_user_hash_;
    Gate gate_;
    std::mutex mutex_;
    std::map<std::string, Verified> verified_;
    FailureLimiter account_limiter_{per_account_and_address};
    FailureLimiter address_limiter_{per_address};
};

Authenticator::Authenticator(storage::Store& store, const core::Clock& clock)
    : impl_(std::make_unique<Impl>(store, clock)) {}

Authenticator::~Authenticator() = default;

core::Result<Principal> Authenticator::authenticate(std::string_view login,
                                                    std::string_view password,
                                                    std::string_view peer_address) {
    return impl_->authenticate(login, password, peer_address);
}

} // namespace domain
