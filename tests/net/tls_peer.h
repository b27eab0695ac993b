// The other end of a TLS connection, and self-signed certificates, for tests.
#pragma once

#include "tests/support/raw_client.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace net_test {

inline void write_certificate(const std::string& name, const std::string& certificate_file,
                              const std::string& key_file) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(certificate_file.c_str(), "w"),
                                                    std::fclose);
    PEM_write_X509(out.get(), certificate.get());
    const std::unique_ptr<FILE, int (*)(FILE*)> key_out(std::fopen(key_file.c_str(), "w"),
                                                        std::fclose);
    PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

struct TlsClientOptions {
    int version_max = 0;        // 0: the newest
    std::string protocols = {}; // for ALPN, each with its length before it
    std::string ciphers = {};   // of TLS 1.2
};

// Shakes hands in its constructor, which throws if that fails. It trusts any certificate.
class TlsClient : public support::AnswerReader {
public:
    explicit TlsClient(std::uint16_t port, const TlsClientOptions& options = {})
        : socket_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
          ssl_(nullptr, SSL_free) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
        if (!options.ciphers.empty()) {
            SSL_CTX_set_cipher_list(context_.get(), options.ciphers.c_str());
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_alpn_protos(ssl_.get(),
                            reinterpret_cast<const unsigned char*>(options.protocols.data()),
                            static_cast<unsigned>(options.protocols.size()));
        SSL_set_fd(ssl_.get(), socket_.socket());
        if (SSL_connect(ssl_.get()) != 1) {
            ERR_clear_error();
            throw std::runtime_error("the handshake failed");
        }
    }

    void send(std::string_view bytes) {
        std::size_t written = 0;
        SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    }
    support::RawAnswer ask(std::string_view bytes) {
        send(bytes);
        return receive();
    }
    [[nodiscard]] std::string certificate_name() const {
        X509_NAME* subject = X509_get_subject_name(SSL_get0_peer_certificate(ssl_.get()));
        char name[256] = {};
        X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof name);
        return name;
    }
    [[nodiscard]] std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    [[nodiscard]] bool was_said_goodbye() const {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }

protected:
    std::size_t read_some(char* data, std::size_t size) override {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int outcome = SSL_read_ex(ssl_.get(), data, size, &bytes);
        if (outcome != 1 && SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_READ) {
            throw std::runtime_error("nothing came within ten seconds");
        }
        return outcome == 1 ? bytes : 0;
    }

private:
    support::RawClient socket_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

} // namespace net_test
