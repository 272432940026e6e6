import type { DeliveryDesk } from "../model/delivery.ts";
import { Fields } from "./fields.ts";
import { limitOf, noSuchPath, readBody } from "./request-parts.ts";
import { parseDeliveriesQuery, parseDeliveriesRequest } from "./requests.ts";

/** What faces ask about deliveries: `GET /deliveries`, `POST /deliveries/retry`, `POST /deliveries/discard`. `rest`: the path behind. */
export async function deliveryRoute(
  request: Request,
  url: URL,
  rest: readonly string[],
  desk: DeliveryDesk,
): Promise<Response> {
  switch (`${request.method} ${rest.join("/")}`) {
    case "GET ": {
      const { limit: _limit, ...query } = Object.fromEntries(url.searchParams);
      return Response.json(desk.list(parseDeliveriesQuery(new Fields(query)), limitOf(url.searchParams)));
    }
    case "POST retry":
      return Response.json(desk.retry(parseDeliveriesRequest(await readBody(request))));
    case "POST discard":
      return Response.json(desk.discard(parseDeliveriesRequest(await readBody(request))));
    default:
      throw noSuchPath(`${request.method} ${url.pathname}`);
  }
}
