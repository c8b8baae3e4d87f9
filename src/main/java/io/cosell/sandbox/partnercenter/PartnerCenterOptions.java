package io.cosell.sandbox.partnercenter;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a Partner Center sandbox is set up: whose it is, and how it answers where the contract leaves a point open (section 8).
 *
 * @param account       the partner and its application
 * @param createStatus  status of a successful POST: 200 (default) or 201
 * @param refusalStatus status of an illegal step of a referral: 400 (default), 409 or 422
 * @param switches      every other open point answered differently from the default
 * @param retryPause    pause between two attempts to deliver an event, default 200 ms
 * @param answerTimeout how long a receiver of events may take to answer, default 30 s
 */
public record PartnerCenterOptions(Account account, int createStatus, int refusalStatus, Set<Switch> switches, Duration retryPause,
                                   Duration answerTimeout) {

    /**
     * The partner whose Partner Center this is, and the one application that may sign in.
     *
     * @param tenant           directory tenant in token addresses; {@code common} and {@code organizations} work as well
     * @param clientId         id of the application
     * @param clientSecret     its secret
     * @param refreshToken     a refresh token of a user with the Referrals admin role
     * @param organizationId   id under which the partner owns its referrals
     * @param organizationName name that goes with it
     */
    public record Account(String tenant, String clientId, String clientSecret, String refreshToken, String organizationId,
                          String organizationName) {

        /** Contoso, a fictitious partner. */
        public static final Account CONTOSO = new Account("7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d", "c0ffee00-0000-4000-8000-000000000001",
            "sandbox-secret", "sandbox-refresh-token", "7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d", "Contoso Company");
    }

    /** One open point of the contract, answered differently from the sandbox's default. */
    public enum Switch {
        /** 3.3: PATCH refuses {@code /name}. Default: takes it. */
        NAME_FROZEN,
        /** 4.2: related-referral events carry the id of the partner's own referral. Default: of Microsoft's. */
        RELATED_EVENTS_CARRY_OWN_ID,
        /** 8: a PATCH by the caller raises no {@code referral-updated}. Default: it does. */
        PATCH_RAISES_NO_EVENT,
        /** 1.3: a POST repeated with the same {@code MS-RequestId} gets the first answer again. Default: makes a second referral. */
        IDEMPOTENT_REQUEST_IDS,
        /** 2.6: the service makes Microsoft's referral itself when a shared deal asks for help. Default: the second POST does. */
        SERVICE_INVITES_MICROSOFT,
        /** 2.6: Microsoft's referral can be read by its id. Default: 404, only the list by engagement shows it. */
        MICROSOFT_REFERRAL_READABLE,
        /** 3.1: list items carry their {@code eTag}. Default: only single referrals do, as in the official samples. */
        LISTS_CARRY_ETAG,
        /** 3.2: a deal value of 0 is taken. Default: it must be above 0. */
        ZERO_DEAL_VALUE,
        /** 2.3: a deal must be accepted before it is won or lost. Default: New may be closed as Won or Lost at once. */
        ACCEPT_BEFORE_WON
    }

    public PartnerCenterOptions {
        switches = Set.copyOf(switches);
        require(createStatus == 200 || createStatus == 201, "createStatus is 200 or 201, not " + createStatus);
        require(Set.of(400, 409, 422).contains(refusalStatus), "refusalStatus is 400, 409 or 422, not " + refusalStatus);
    }

    /** Contoso, with every open point answered by its default. */
    public static PartnerCenterOptions defaults() {
        return new PartnerCenterOptions(Account.CONTOSO, 200, 400, Set.of(), Duration.ofMillis(200), Duration.ofSeconds(30));
    }

    /** True if this switch is on. */
    public boolean has(Switch which) {
        return switches.contains(which);
    }

    /** The same with these switches on as well. */
    public PartnerCenterOptions with(Switch... more) {
        EnumSet<Switch> all = EnumSet.noneOf(Switch.class);
        all.addAll(switches);
        all.addAll(Set.of(more));
        return new PartnerCenterOptions(account, createStatus, refusalStatus, all, retryPause, answerTimeout);
    }

    /** The same for another partner. */
    public PartnerCenterOptions withAccount(Account other) {
        return new PartnerCenterOptions(other, createStatus, refusalStatus, switches, retryPause, answerTimeout);
    }

    /** The same with another status for a successful POST. */
    public PartnerCenterOptions withCreateStatus(int status) {
        return new PartnerCenterOptions(account, status, refusalStatus, switches, retryPause, answerTimeout);
    }

    /** The same with another status for an illegal step of a referral. */
    public PartnerCenterOptions withRefusalStatus(int status) {
        return new PartnerCenterOptions(account, createStatus, status, switches, retryPause, answerTimeout);
    }

    /** The same with another pause between two attempts to deliver an event. */
    public PartnerCenterOptions withRetryPause(Duration pause) {
        return new PartnerCenterOptions(account, createStatus, refusalStatus, switches, pause, answerTimeout);
    }

    /** The same with another time a receiver of events may take to answer. */
    public PartnerCenterOptions withAnswerTimeout(Duration timeout) {
        return new PartnerCenterOptions(account, createStatus, refusalStatus, switches, retryPause, timeout);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
