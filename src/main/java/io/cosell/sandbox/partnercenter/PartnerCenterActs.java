package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.SandboxSystem;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** What people can do in Partner Center, as a table: the methods of {@link PartnerCenterSandbox} by name. */
final class PartnerCenterActs {

    private static final String SELLER = "Microsoft seller";
    private static final String PARTNER = "partner in the portal";
    private static final String OTHER = "another partner";
    private static final String ADMIN = "administrator";

    private static final String REFERRAL = "the referral, members as on the wire";
    private static final String ID = "id of the referral";
    private static final String ENGAGEMENT = "id of the engagement";
    private static final String VALUES = "new values by JSON pointer, such as /details/dealValue; /team/- appends";
    private static final String REASON = "why, in free words";

    private final PartnerCenterSandbox sandbox;

    private PartnerCenterActs(PartnerCenterSandbox sandbox) {
        this.sandbox = sandbox;
    }

    static List<Act> of(PartnerCenterSandbox sandbox) {
        return new PartnerCenterActs(sandbox).all();
    }

    private List<Act> all() {
        return List.of(
            act("microsoft-sends-referral", SELLER, "Sends the partner a deal or lead, New/Pending. Answers its id.",
                Map.of("referral", REFERRAL), (box, sent) -> Map.of("id", box.microsoftInvites(map(sent, "referral")))),
            act("microsoft-accepts", SELLER, "Accepts the newest open invitation of an engagement.", Map.of("engagementId", ENGAGEMENT,
                "msxId?", "Microsoft's CRM identifier", "sellers?", "people with firstName, lastName, phoneNumber, email"),
                (box, sent) -> {
                    box.microsoftAccepts(text(sent, "engagementId"), sent.path("msxId").asText("7-SANDBOX"), list(sent.path("sellers")));
                    return null;
                }),
            act("microsoft-declines", SELLER, "Declines the newest open invitation of an engagement.",
                Map.of("engagementId", ENGAGEMENT, "reason?", REASON), (box, sent) -> {
                    box.microsoftDeclines(text(sent, "engagementId"), sent.path("reason").textValue());
                    return null;
                }),
            act("microsoft-closes", SELLER, "Closes its accepted side of an engagement.", Map.of("engagementId", ENGAGEMENT, "substatus",
                "Won or Lost", "reason?", REASON), (box, sent) -> {
                    box.microsoftCloses(text(sent, "engagementId"), text(sent, "substatus"), sent.path("reason").textValue());
                    return null;
                }),
            act("microsoft-answers", SELLER, "From now on answers invitations by itself, some time after each.", Map.of("after",
                "ISO duration on the sandboxes' clock, such as P3D", "answer", "accept, decline or silence", "msxId?",
                "Microsoft's CRM identifier", "reason?", "reason of a decline", "engagementId?",
                "only this engagement, an open invitation included"), (box, sent) -> {
                    box.microsoftAnswers(sent.path("engagementId").textValue(), MicrosoftAnswer.of(sent));
                    return null;
                }),
            act("microsoft-reviews-registration", SELLER, "Takes a step in the review of the newest deal registration.", Map.of("id", ID,
                "status", "Approved, ReviewPending, ActionRequired, Passed, Failed or Closed", "reason?", REASON), (box, sent) -> {
                    box.microsoftReviewsRegistration(text(sent, "id"), text(sent, "status"), sent.path("reason").textValue());
                    return null;
                }),
            act("partner-creates", PARTNER, "Makes a deal, Active/Accepted, under the rules of POST. Answers its id.",
                Map.of("referral", REFERRAL), (box, sent) -> Map.of("id", box.partnerCreates(map(sent, "referral")))),
            act("partner-edits", PARTNER, "Edits a deal.", Map.of("id", ID, "values", VALUES), (box, sent) -> {
                box.partnerEdits(text(sent, "id"), map(sent, "values"));
                return null;
            }),
            act("partner-accepts", PARTNER, "Accepts an inbound referral.", Map.of("id", ID), (box, sent) -> {
                box.partnerAccepts(text(sent, "id"));
                return null;
            }),
            act("partner-declines", PARTNER, "Declines an inbound referral.", Map.of("id", ID, "reason?", REASON), (box, sent) -> {
                box.partnerDeclines(text(sent, "id"), sent.path("reason").asText("Other"));
                return null;
            }),
            act("partner-closes", PARTNER, "Closes a deal.", Map.of("id", ID, "substatus", "Won, Lost or Error", "reason?", REASON),
                (box, sent) -> {
                    box.partnerCloses(text(sent, "id"), text(sent, "substatus"), sent.path("reason").asText("Other"));
                    return null;
                }),
            act("another-partner-sends-referral", OTHER, "Invites this partner to its deal, New/Pending. Answers the id.",
                Map.of("referral", REFERRAL, "organizationId", "id of the other partner", "organizationName?", "its name"),
                (box, sent) -> Map.of("id",
                box.anotherPartnerInvites(map(sent, "referral"), text(sent, "organizationId"),
                    sent.path("organizationName").asText("Another partner")))),
            act("invited-partner-accepts", OTHER, "Accepts this partner's invitation.", Map.of("id", "id of its own referral"),
                (box, sent) -> {
                    box.invitedPartnerAnswers(text(sent, "id"), true, null);
                    return null;
                }),
            act("invited-partner-declines", OTHER, "Declines this partner's invitation.", Map.of("id", "id of its own referral", "reason?",
                REASON), (box, sent) -> {
                    box.invitedPartnerAnswers(text(sent, "id"), false, sent.path("reason").textValue());
                    return null;
                }),
            act("invited-partner-edits", OTHER, "Edits its own referral, such as date and value.", Map.of("id", "id of its own referral",
                "values", VALUES), (box, sent) -> {
                    box.invitedPartnerEdits(text(sent, "id"), map(sent, "values"));
                    return null;
                }),
            act("user-signs-in", "user", "Signs in: in the browser (answers a new refresh token), or on a device by its code.",
                Map.of("userCode?", "the code that the device shows", "agrees?", "false says no to the device"), (box, sent) -> {
                    if (!sent.has("userCode")) {
                        return Map.of("refreshToken", box.signIn());
                    }
                    box.signInDevice(text(sent, "userCode"), sent.path("agrees").asBoolean(true));
                    return null;
                }),
            act("set-role", ADMIN, "Changes what the signed-in user may see and do.", Map.of("role", "admin, user or none", "locations?",
                "partner ids (mpnId) the role is limited to; left out for the whole company", "registers?",
                "false for a user who may not register for events", "after?", "ISO duration until it shows, up to PT1H in reality"),
                (box, sent) -> {
                    box.changeRights(Access.Rights.of(sent), duration(sent.path("after").asText("PT0S")));
                    return null;
                }),
            act("revoke-access-tokens", ADMIN, "Makes every access token given so far unknown.", Map.of(), (box, sent) -> {
                box.revokeAccessTokens();
                return null;
            }),
            act("revoke-refresh-tokens", ADMIN, "Makes every refresh token invalid, as a change of the password does.", Map.of(),
                (box, sent) -> {
                    box.revokeRefreshTokens();
                    return null;
                }));
    }

    private Act act(String name, String as, String says, Map<String, String> parameters,
                    BiFunction<PartnerCenterSandbox, JsonNode, Object> does) {
        return new Act(name, as, says, parameters, sent -> does.apply(sandbox, sent));
    }

    private static String text(JsonNode sent, String name) {
        if (!sent.path(name).isTextual()) {
            throw new IllegalArgumentException("Send " + name + ", a text.");
        }
        return sent.get(name).textValue();
    }

    private static Map<String, Object> map(JsonNode sent, String name) {
        if (!sent.path(name).isObject()) {
            throw new IllegalArgumentException("Send " + name + ", an object.");
        }
        return SandboxSystem.JSON.convertValue(sent.get(name), new TypeReference<LinkedHashMap<String, Object>>() { });
    }

    private static List<Map<String, Object>> list(JsonNode sent) {
        return sent.isArray() ? SandboxSystem.JSON.convertValue(sent, new TypeReference<List<Map<String, Object>>>() { }) : List.of();
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("after must be an ISO duration such as PT1H, not " + text + ".");
        }
    }
}
