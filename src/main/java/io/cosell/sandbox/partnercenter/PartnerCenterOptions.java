package io.cosell.sandbox.partnercenter;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How a Partner Center sandbox is set up: whose it is, and how it answers where the contract leaves a point open (section 8).
 *
 * @param account         the partner and its application
 * @param switches        open points answered differently from the default; they can be turned later
 * @param pageSize        most referrals in one answer of the list, default 100 (section 3.1)
 * @param microsoftAnswer what Microsoft answers to an invitation by itself, default nothing
 * @param retryPause      pause between two attempts to deliver an event, default 200 ms
 * @param answerTimeout   how long a receiver of events may take to answer, default 30 s
 */
public record PartnerCenterOptions(Account account, Set<Switch> switches, int pageSize, MicrosoftAnswer microsoftAnswer,
                                   Duration retryPause, Duration answerTimeout) {

    /**
     * The partner whose Partner Center this is, its one user, and the one application that may sign in.
     *
     * @param tenant           directory tenant in token addresses; {@code common} and {@code organizations} work as well
     * @param clientId         id of the application
     * @param clientSecret     its secret
     * @param refreshToken     a refresh token of the user
     * @param organizationId   id under which the partner owns its referrals
     * @param organizationName name that goes with it
     * @param user             the user's sign-in name and e-mail address
     * @param password         the user's password, for the password grant
     */
    public record Account(String tenant, String clientId, String clientSecret, String refreshToken, String organizationId,
                          String organizationName, String user, String password) {

        /** Contoso, a fictitious partner. */
        public static final Account CONTOSO = new Account("7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d", "c0ffee00-0000-4000-8000-000000000001",
            "sandbox-secret", "sandbox-refresh-token", "7d23e5ca-19dc-4eaa-aac8-5e6b559f0d1d", "Contoso Company", "user@contoso.com",
            "sandbox-password");
    }

    /** One open point of the contract, answered differently from the sandbox's default. */
    public enum Switch implements io.cosell.sandbox.Switch {
        PASSWORD_GRANT("1.2", "the directory takes the password grant of the earlier edition",
            "the user needs a second factor, so it refuses"),
        REFRESH_TOKENS_ONCE("1.2", "a refresh token can be used once", "older refresh tokens stay valid beside the new one"),
        APP_ONLY_REFERRALS("1.2", "referrals take the token of an application", "they need a user's token; an application's gets 403"),
        CONDITIONAL_ACCESS("1.2", "referral calls get 403 for insufficient claims", "no conditional access"),
        IDEMPOTENT_REQUEST_IDS("1.3", "a POST repeated with the same MS-RequestId gets the first answer again",
            "it makes a second referral"),
        CLIENT_REQUEST_ID_REQUIRED("1.3", "referral calls without client-request-id get 400", "it may be left out"),
        CONTRACT_VERSION_REQUIRED("1.3", "referral calls without MS-Contract-Version get 400", "it may be left out"),
        CREATED_STATUS_201("1.5", "a successful POST answers 201", "it answers 200"),
        REFUSAL_409("1.5", "an illegal step of a referral gets 409", "it gets 400"),
        REFUSAL_422("1.5", "an illegal step of a referral gets 422", "it gets 400"),
        VALIDATION_422("1.5", "a member that breaks a rule gets 422", "it gets 400"),
        FIELD_ERRORS_JOINED("1.5", "the message names every broken rule, joined by semicolons", "it names the first"),
        FIELD_ERRORS_NESTED("1.5", "errors about a member carry an innerError with a code of their own", "they do not"),
        STALE_TAG_IS_RESOURCE_MODIFIED("1.5", "a stale If-Match gets the code resourceModified", "it gets preconditionFailed"),
        NEWER_MEMBERS("2.1", "answers carry registrationStatus, quality, isSpam, tags, dealSensitivity and favorite",
            "they carry what the official samples show"),
        EXPIRES_AFTER_8_DAYS("2.3", "an unanswered referral expires after 8 days, as one sample has it", "after 14 days"),
        ACCEPT_BEFORE_WON("2.3", "a deal must be accepted before it is won or lost", "New may be closed as Won or Lost at once"),
        REASONS_CHECKED("2.3", "Declined, Lost and Error need a statusReason of the documented lists", "statusReason is free text"),
        CREATE_OMITS_CLOSING_DATE("2.5", "answers to POST and PUT leave out details.closingDateTime, as in the samples of 2019",
            "they show it"),
        MARKETPLACE_INTENT_REQUIRED("2.5", "a POST needs a CustomerMarketplaceIntent of Yes, No or HaveNotDecided",
            "any or none is taken"),
        SERVICE_INVITES_MICROSOFT("2.6", "the service makes Microsoft's referral itself when a shared deal asks for help",
            "the second POST does"),
        MICROSOFT_REFERRAL_READABLE("2.6", "Microsoft's referral can be read by its id", "404; only the list by engagement shows it"),
        REGISTRATIONS_UNCHECKED("2.8", "deal registrations are taken without eligibility, date and value rules",
            "the rules of the portal hold"),
        REGISTRATION_NEEDS_72_HOURS("2.8", "a deal won within 72 hours of its creation cannot be registered", "it can"),
        LISTS_CHECKED("2.9", "products, services, industries and solution categories must be of the documented lists", "any id is taken"),
        DELETE_TAKEN("3", "DELETE removes a referral of the partner's own", "405"),
        ANALYTICS_IN_VALUE("3", "analytics records stand in the member value of an object", "they stand in an array"),
        LISTS_CARRY_ETAG("3.1", "list items have their eTag", "only single referrals do"),
        COUNT_OF_PAGE("3.1", "@odata.count is the number of items of the page", "it is the number of all that fit"),
        LARGE_PAGES("3.1", "a $top above the page size comes in one page", "it comes in pages"),
        NO_MARKETPLACE_LEADS("3.1", "marketplace leads are neither listed nor read", "they are, like any referral"),
        LINKS_SPELT_RIGHT("2.1", "context and links of single referrals spell engagements", "they spell engagments, as in the samples"),
        ZERO_DEAL_VALUE("3.2", "a deal value of 0 is taken", "it must be above 0"),
        NAME_FROZEN("3.3", "a PATCH of the name is refused", "it is taken"),
        POST_OVERWRITES_REGISTRATION("4.1", "a second POST of a registration overwrites the first", "it gets 409"),
        CAMEL_CASE_REGISTRATION("4.1", "registrations are answered in camelCase with all members of the swagger",
            "as in the samples, in PascalCase"),
        RELATED_EVENTS_CARRY_OWN_ID("4.2", "related-referral events name the partner's own referral", "they name the other side's"),
        PATCH_RAISES_NO_EVENT("8", "a program's own PATCH or PUT raises no event", "it raises referral-updated");

        private final Point point;

        Switch(String section, String on, String off) {
            point = new Point(section, on, off);
        }

        @Override
        public Point point() {
            return point;
        }
    }

    public PartnerCenterOptions {
        switches = Set.copyOf(switches);
        if (pageSize < 1) {
            throw new IllegalArgumentException("pageSize must be 1 or more, not " + pageSize + ".");
        }
    }

    /** Contoso, with every open point answered by its default. */
    public static PartnerCenterOptions defaults() {
        return new PartnerCenterOptions(Account.CONTOSO, Set.of(), 100, MicrosoftAnswer.NONE, Duration.ofMillis(200),
            Duration.ofSeconds(30));
    }

    /** The same with these switches on as well. */
    public PartnerCenterOptions with(Switch... more) {
        EnumSet<Switch> all = EnumSet.noneOf(Switch.class);
        all.addAll(switches);
        all.addAll(List.of(more));
        return new PartnerCenterOptions(account, all, pageSize, microsoftAnswer, retryPause, answerTimeout);
    }

    /** The same for another partner. */
    public PartnerCenterOptions withAccount(Account other) {
        return new PartnerCenterOptions(other, switches, pageSize, microsoftAnswer, retryPause, answerTimeout);
    }

    /** The same with the switch for this status of an illegal step of a referral: 409 or 422; 400 is the default. */
    public PartnerCenterOptions withRefusalStatus(int status) {
        return switch (status) {
            case 400 -> this;
            case 409 -> with(Switch.REFUSAL_409);
            case 422 -> with(Switch.REFUSAL_422);
            default -> throw new IllegalArgumentException("The status of a refusal is 400, 409 or 422, not " + status + ".");
        };
    }

    /** The same with pages of another size. */
    public PartnerCenterOptions withPageSize(int size) {
        return new PartnerCenterOptions(account, switches, size, microsoftAnswer, retryPause, answerTimeout);
    }

    /** The same with another answer that Microsoft gives by itself. */
    public PartnerCenterOptions withMicrosoftAnswer(MicrosoftAnswer answer) {
        return new PartnerCenterOptions(account, switches, pageSize, answer, retryPause, answerTimeout);
    }

    /** The same with another pause between two attempts to deliver an event. */
    public PartnerCenterOptions withRetryPause(Duration pause) {
        return new PartnerCenterOptions(account, switches, pageSize, microsoftAnswer, pause, answerTimeout);
    }

    /** The same with another time a receiver of events may take to answer. */
    public PartnerCenterOptions withAnswerTimeout(Duration timeout) {
        return new PartnerCenterOptions(account, switches, pageSize, microsoftAnswer, retryPause, timeout);
    }
}
