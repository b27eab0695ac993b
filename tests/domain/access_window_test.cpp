#include "domain/access_window.h"

#include <gtest/gtest.h>

namespace {

using core::Instant;
using domain::JoinState;
using storage::Role;

constexpr core::Interval session{{100'000}, {103'000}};

struct Edge {
    const char* name;
    Role role;
    std::int64_t at;
    JoinState state;
};

class AccessWindowEdge : public testing::TestWithParam<Edge> {};

TEST_P(AccessWindowEdge, IsExactToTheSecond) {
    const domain::Policy policy;

    const auto window = domain::access_window(session, GetParam().role, policy);

    EXPECT_EQ(domain::state_at(window, Instant{GetParam().at}), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, AccessWindowEdge,
    testing::Values(Edge{"GuestOneSecondBeforeOpening", Role::guest, 99'699, JoinState::early},
                    Edge{"GuestAtOpening", Role::guest, 99'700, JoinState::open},
                    Edge{"GuestOneSecondAfterOpening", Role::guest, 99'701, JoinState::open},
                    Edge{"GuestOneSecondBeforeTheEnd", Role::guest, 102'999, JoinState::open},
                    Edge{"GuestAtTheEnd", Role::guest, 103'000, JoinState::over},
                    Edge{"GuestOneSecondAfterTheEnd", Role::guest, 103'001, JoinState::over},
                    Edge{"HostOneSecondBeforeOpening", Role::host, 98'199, JoinState::early},
                    Edge{"HostAtOpening", Role::host, 98'200, JoinState::open},
                    Edge{"HostAtTheEnd", Role::host, 103'000, JoinState::over}),
    [](const auto& row) { return row.param.name; });

TEST(AccessWindow, FollowsTheConfiguredLeadTimes) {
    domain::Policy policy;
    policy.guest_opens_before_seconds = 0;
    policy.host_opens_before_seconds = 60;

    EXPECT_EQ(domain::access_window(session, Role::guest, policy).opens, session.start);
    EXPECT_EQ(domain::access_window(session, Role::host, policy).opens, session.start - 60);
}

} // namespace
