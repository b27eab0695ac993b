#include "bench/floors.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cstdlib>
#include <memory>
#include <utility>

namespace bench {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Stream = beast::basic_stream<asio::ip::tcp, asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

class Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(Socket socket, const http::response<http::string_body>& answer)
        : stream_(std::move(socket)), answer_(answer) {}

    void read() {
        request_ = {};
        http::async_read(stream_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) {
                                 self->write();
                             }
                         });
    }

private:
    void write() {
        http::async_write(stream_, answer_,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error) {
                                  self->read();
                              }
                          });
    }

    Stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    const http::response<http::string_body>& answer_;
};

void accept(Acceptor& acceptor, asio::io_context& io,
            const http::response<http::string_body>& answer) {
    acceptor.async_accept(io, [&](beast::error_code error, Socket socket) {
        if (!error) {
            socket.set_option(asio::ip::tcp::no_delay(true), error);
            std::make_shared<Conversation>(std::move(socket), answer)->read();
        }
        accept(acceptor, io, answer);
    });
}

} // namespace

void serve_constant(std::uint16_t port, std::size_t bytes) {
    asio::io_context io{1};
    http::response<http::string_body> answer{http::status::ok, 11};
    answer.set(http::field::content_type, "text/calendar; charset=utf-8");
    answer.body() = std::string(bytes, 'x');
    answer.prepare_payload();
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    Acceptor acceptor(io, endpoint);
    accept(acceptor, io, answer);
    io.run();
    std::abort(); // accepting never ends
}

} // namespace bench
