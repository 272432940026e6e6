import { element, renderXml } from "../engine/xml.ts";

/** A refusal on the HTTP answer (§4); thrown by the request handlers, turned into a response at the door. */
export class ApiFault extends Error {
  override readonly name = "ApiFault";

  constructor(
    readonly status: number,
    readonly errorType: string,
    readonly errorData: string,
    message: string,
  ) {
    super(message);
  }

  body(): string {
    return renderXml(
      element("ApiErrors", [
        element("ApiError", [
          element("ErrorType", this.errorType),
          element("ErrorData", this.errorData),
          element("ErrorMessage", this.message),
        ]),
      ]),
    );
  }
}

export const fault = {
  badRequest: (message: string): ApiFault => new ApiFault(400, "Bad Request", "", message),
  missing: (name: string): ApiFault =>
    new ApiFault(
      400,
      "Parameter Missing",
      name,
      `${name.charAt(0).toUpperCase()}${name.slice(1)} Parameter missing`,
    ),
  invalidInput: (name: string, message = `Invalid '${name}' specified`): ApiFault =>
    new ApiFault(400, "Invalid Input", name, message),
  invalidState: (data: string, message: string): ApiFault =>
    new ApiFault(400, "Invalid State", data, message),
  invalidDestination: (data: string, message: string): ApiFault =>
    new ApiFault(400, "Invalid Destination", data, message),
  unauthorized: (user: string): ApiFault => new ApiFault(401, "Authorization Failure", user, "UNAUTHORIZED"),
  otherUser: (user: string): ApiFault =>
    new ApiFault(
      401,
      "Invalid Authorization User Specified",
      user,
      "The user specified in the authentication credentials and the uri don't match",
    ),
  notSupervised: (user: string): ApiFault =>
    new ApiFault(401, "Invalid Supervisor", user, "The user is not in a team supervised by the requester"),
  unknownUser: (): ApiFault => new ApiFault(404, "User Not Found", "4023", "UNKNOWN_USER"),
  unknownDialog: (id: string): ApiFault =>
    new ApiFault(404, "Not Found", id, "Invalid dialogId specified for dialog"),
  notFound: (what: string): ApiFault =>
    new ApiFault(404, "Not Found", what, "The requested resource was not found"),
  notImplemented: (what: string): ApiFault =>
    new ApiFault(501, "Not Implemented", what, `${what} is not implemented`),
  outOfService: (): ApiFault => new ApiFault(503, "Service Unavailable", "", "SERVER_OUT_OF_SERVICE"),
};
